// Where unsent answers live on the device. IndexedDB with strict durability; memory when the browser refuses it.
import type { OutboxEvent } from "./messages.ts";

/** What a device remembers about an attempt besides its events. */
export interface Remembered {
  attempt: string;
  cid: string;
  flags: string[];
  fontSize: number;
  /** Place of the question last looked at. */
  current: number;
}

export interface Store {
  readonly durable: boolean;
  events(attempt: string): Promise<OutboxEvent[]>;
  put(event: OutboxEvent): Promise<void>;
  recall(attempt: string): Promise<Remembered | undefined>;
  remember(memory: Remembered): Promise<void>;
  forget(attempt: string): Promise<void>;
}

export class MemoryStore implements Store {
  readonly durable = false;
  private readonly kept = new Map<string, OutboxEvent>();
  private memory: Remembered | undefined;

  async events(attempt: string): Promise<OutboxEvent[]> {
    return Array.from(this.kept.values()).filter((event) => event.attempt === attempt);
  }

  async put(event: OutboxEvent): Promise<void> {
    this.kept.set(`${event.attempt}/${event.cid}/${event.seq}`, { ...event });
  }

  async recall(): Promise<Remembered | undefined> {
    return this.memory;
  }

  async remember(memory: Remembered): Promise<void> {
    this.memory = memory;
  }

  async forget(): Promise<void> {
    this.kept.clear();
  }
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error ?? new Error("transaction failed"));
    transaction.onabort = () => reject(transaction.error ?? new Error("transaction aborted"));
  });
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("request failed"));
  });
}

class IndexedStore implements Store {
  readonly durable = true;
  private readonly db: IDBDatabase;

  constructor(db: IDBDatabase) {
    this.db = db;
  }

  /** Strict: the browser says done only when the disk has it. Older WebViews do not know the option and ignore it. */
  private write(name: string): IDBTransaction {
    const open = this.db.transaction as (this: IDBDatabase, stores: string[], mode: IDBTransactionMode, options?: object) => IDBTransaction;
    return open.call(this.db, [name], "readwrite", { durability: "strict" });
  }

  async events(attempt: string): Promise<OutboxEvent[]> {
    const range = IDBKeyRange.bound([attempt], [attempt, []]);
    return answerOf(this.db.transaction("events").objectStore("events").getAll(range) as IDBRequest<OutboxEvent[]>);
  }

  async put(event: OutboxEvent): Promise<void> {
    const transaction = this.write("events");
    transaction.objectStore("events").put(event);
    await finished(transaction);
  }

  async recall(attempt: string): Promise<Remembered | undefined> {
    return answerOf(this.db.transaction("attempts").objectStore("attempts").get(attempt) as IDBRequest<Remembered | undefined>);
  }

  async remember(memory: Remembered): Promise<void> {
    const transaction = this.write("attempts");
    transaction.objectStore("attempts").put(memory);
    await finished(transaction);
  }

  async forget(attempt: string): Promise<void> {
    const transaction = this.write("events");
    transaction.objectStore("events").delete(IDBKeyRange.bound([attempt], [attempt, []]));
    await finished(transaction);
  }
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open("choukao-exam", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("events", { keyPath: ["attempt", "cid", "seq"] });
      request.result.createObjectStore("attempts", { keyPath: "attempt" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no database"));
    request.onblocked = () => reject(new Error("database blocked"));
    // Some private modes neither open nor refuse.
    setTimeout(() => reject(new Error("database silent")), 4000);
  });
}

/** Asks the browser not to clear what is kept here when space runs short. */
function askToPersist(): void {
  navigator.storage?.persist?.().catch(() => false);
}

/** The best store this browser gives: proven by one write, or memory. */
export async function openStore(factory: IDBFactory | undefined): Promise<Store> {
  if (!factory) return new MemoryStore();
  try {
    const store = new IndexedStore(await openDatabase(factory));
    await store.remember({ attempt: "probe", cid: "", flags: [], fontSize: 0, current: 0 });
    askToPersist();
    return store;
  } catch {
    return new MemoryStore();
  }
}
