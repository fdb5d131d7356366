// Where unsent answers live on the device. IndexedDB with strict durability; memory when the browser refuses it.
import type { Answer, OutboxEvent, Paper } from "./messages.ts";

/** What a device remembers about an attempt besides its events. */
export interface Remembered {
  attempt: string;
  cid: string;
  flags: string[];
  fontSize: number;
  /** Place of the question last looked at. */
  current: number;
  /** All questions on one page instead of one by one. */
  together?: boolean;
}

/** The paper as OPEN brought it, for a reload without network. No name, no key; gone after the final receipt. */
export interface KeptPaper {
  attempt: string;
  cid: string;
  epoch: number;
  paper: Paper;
  answers: Record<string, Answer>;
  deadline: string;
  /** The server's time when it came, and the device's own clock then: together a guess at the time, nothing more. */
  serverMs: number;
  wallMs: number;
}

export interface Store {
  readonly durable: boolean;
  events(attempt: string): Promise<OutboxEvent[]>;
  put(event: OutboxEvent): Promise<void>;
  recall(attempt: string): Promise<Remembered | undefined>;
  remember(memory: Remembered): Promise<void>;
  keepPaper(paper: KeptPaper): Promise<void>;
  keptPaper(attempt: string): Promise<KeptPaper | undefined>;
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

  async keepPaper(): Promise<void> {
    // Memory does not outlive the page, so there is nothing to come back to.
  }

  async keptPaper(): Promise<undefined> {
    return undefined;
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

  async keepPaper(paper: KeptPaper): Promise<void> {
    const transaction = this.write("papers");
    transaction.objectStore("papers").put(paper);
    await finished(transaction);
  }

  async keptPaper(attempt: string): Promise<KeptPaper | undefined> {
    return answerOf(this.db.transaction("papers").objectStore("papers").get(attempt) as IDBRequest<KeptPaper | undefined>);
  }

  async forget(attempt: string): Promise<void> {
    const papers = this.write("papers");
    papers.objectStore("papers").delete(attempt);
    await finished(papers);
    const transaction = this.write("events");
    transaction.objectStore("events").delete(IDBKeyRange.bound([attempt], [attempt, []]));
    await finished(transaction);
  }
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open("choukao-exam", 2);
    request.onupgradeneeded = (event) => {
      if (event.oldVersion < 1) {
        request.result.createObjectStore("events", { keyPath: ["attempt", "cid", "seq"] });
        request.result.createObjectStore("attempts", { keyPath: "attempt" });
      }
      request.result.createObjectStore("papers", { keyPath: "attempt" });
    };
    request.onsuccess = () => {
      // A newer page of ours in another tab may need to change the shape: this one must not stand in its way.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
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
