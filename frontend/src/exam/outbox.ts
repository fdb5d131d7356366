// Answers on their way: numbered, kept on the device, sent one flight at a time until the server's receipt is checked.
import { covers, lastSeq, receiptMatches } from "./messages.ts";
import type { Answer, EventResult, Have, OutboxEvent, Saved } from "./messages.ts";
import type { Store } from "./store.ts";

export const MOST_EVENTS = 50;
export const MOST_BYTES = 48 * 1024;
/** Room for the envelope around the events. */
const ENVELOPE_BYTES = 256;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;

export interface Batch {
  epoch: number;
  cid: string;
  events: OutboxEvent[];
}

export type News =
  | { type: "kept"; item: string; seq: number }
  | { type: "not_kept"; item: string; seq: number }
  | { type: "acknowledged"; item: string; seq: number; late: boolean; stale: boolean; receipt: string; epoch: number }
  | { type: "conflict"; item: string; seq: number; code: string }
  | { type: "sent"; saved: Saved }
  | { type: "failed"; failure: unknown; tries: number }
  | { type: "pending"; count: number };

export interface Surroundings {
  store: Store;
  send: (batch: Batch) => Promise<Saved>;
  tell: (news: News) => void;
  mono: () => number;
  wall: () => number;
  random: () => number;
  later: (run: () => void, milliseconds: number) => () => void;
}

/** Milliseconds to wait after so many failures in a row: doubling from one second to fifteen, less up to half by chance. */
export function backOff(tries: number, random: number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries - 1, 10));
  return Math.round(longest * (1 - random / 2));
}

/** What travels of one event. */
export function wire(event: OutboxEvent): object {
  const plain = { seq: event.seq, item: event.item, answer: event.answer, ms: event.ms, mono: event.mono };
  return event.proof ? { ...plain, receipt: event.proof } : plain;
}

/** The first events that may go together: one lease, in order, within the limits of count and size. */
export function nextBatch(waiting: OutboxEvent[]): Batch | undefined {
  const first = waiting[0];
  if (!first) return undefined;
  const events: OutboxEvent[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const event of waiting) {
    if (event.epoch !== first.epoch || event.cid !== first.cid) continue;
    bytes += new TextEncoder().encode(JSON.stringify(wire(event))).length + 1;
    if (events.length > 0 && (events.length >= MOST_EVENTS || bytes > MOST_BYTES)) break;
    events.push(event);
  }
  return { epoch: first.epoch, cid: first.cid, events };
}

export class Outbox {
  private readonly around: Surroundings;
  private readonly attempt: string;
  private readonly all: OutboxEvent[] = [];
  /** In the hands of the server for good, though without receipt: a conflict is never sent again. */
  private readonly refused = new Set<OutboxEvent>();
  private cid = "";
  private epoch = 0;
  private seq = 0;
  private flying = false;
  private tries = 0;
  private stopped = false;
  private cancelWait: (() => void) | undefined;
  /** Counts confirmations; a HELLO that was under way meanwhile is out of date. */
  confirmations = 0;

  constructor(attempt: string, around: Surroundings) {
    this.attempt = attempt;
    this.around = around;
  }

  /** Takes up what an earlier page on this device left, whether sent or not. */
  async load(): Promise<OutboxEvent[]> {
    const kept = await this.around.store.events(this.attempt);
    const known = new Set(this.all.map((event) => `${event.cid}/${event.seq}`));
    this.all.push(...kept.filter((event) => !known.has(`${event.cid}/${event.seq}`)));
    this.all.sort((one, other) => one.epoch - other.epoch || one.seq - other.seq);
    return this.all;
  }

  /** From now on events are written under this lease. `have` is what the server already holds, if it could be asked. */
  begin(cid: string, epoch: number, have?: Have): void {
    this.cid = cid;
    this.epoch = epoch;
    const local = this.all.filter((event) => event.cid === cid).map((event) => event.seq);
    this.seq = Math.max(this.seq, lastSeq(have ?? {}, cid), 0, ...local);
    this.stopped = false;
    // A lease above the server's newest one was lost in a restore: its answers go under the lease that there is now.
    for (const event of this.waiting) if (event.cid === cid && event.epoch > epoch) event.epoch = epoch;
    if (have) this.heal(have);
    else this.tellPending();
  }

  /** The number of the latest event of this client. */
  get last(): number {
    return this.seq;
  }

  get events(): OutboxEvent[] {
    return this.all;
  }

  get waiting(): OutboxEvent[] {
    return this.all.filter((event) => event.receipt === "" && !this.refused.has(event));
  }

  /** The newest answer per item that this device knows of and the server may not. */
  newest(): Map<string, OutboxEvent> {
    return new Map(this.all.map((event) => [event.item, event]));
  }

  /** Numbers an answer, keeps it on the device, then sends. Returns its number at once. */
  add(item: string, answer: Answer): number {
    const event: OutboxEvent = {
      attempt: this.attempt, cid: this.cid, epoch: this.epoch, seq: ++this.seq, item, answer,
      ms: Math.round(this.around.wall()), mono: Math.round(this.around.mono()), receipt: "",
    };
    this.all.push(event);
    this.tellPending();
    void this.keepThenSend(event);
    return event.seq;
  }

  /** What the server lacks is sent again, although it was acknowledged: a restored backup heals. */
  heal(have: Have): void {
    for (const event of this.all) {
      if (event.receipt === "" || covers(have, event.cid, event.seq)) continue;
      event.proof = event.proof ?? event.receipt;
      event.receipt = "";
      this.around.tell({ type: "kept", item: event.item, seq: event.seq });
    }
    this.tellPending();
    this.wake();
  }

  /** The server named numbers that never arrived: they are sent again, a lost one as a repetition of a newer answer. */
  resend(seqs: number[]): void {
    for (const seq of seqs) {
      const event = this.all.find((candidate) => candidate.cid === this.cid && candidate.seq === seq && !this.refused.has(candidate));
      if (event) [event.proof, event.receipt] = [event.proof ?? event.receipt, ""];
      else this.fillHole(seq);
    }
    this.all.sort((one, other) => one.epoch - other.epoch || one.seq - other.seq);
    this.tellPending();
    this.wake();
  }

  /** A number whose event is lost would block the submission for ever; a newer answer under it changes nothing. */
  private fillHole(seq: number): void {
    const newer = this.all.find((event) => event.cid === this.cid && event.seq > seq && !this.refused.has(event));
    if (newer) this.all.push({ ...newer, seq, receipt: "", proof: "" });
  }

  /** A read-only page sends nothing: another tab of this device does. */
  stop(): void {
    this.stopped = true;
    this.cancelWait?.();
  }

  /** Try now: after a new answer, on reconnection, when the page is seen again, on the tick. */
  wake(): void {
    if (this.flying || this.stopped) return;
    this.cancelWait?.();
    this.cancelWait = undefined;
    const batch = nextBatch(this.waiting);
    if (batch) void this.fly(batch);
  }

  /** What goes out with the last breath of a hidden page; never counted as delivered. */
  lastBreath(): Batch | undefined {
    return this.stopped ? undefined : nextBatch(this.waiting);
  }

  private async keepThenSend(event: OutboxEvent): Promise<void> {
    try {
      await this.around.store.put({ ...event });
      this.around.tell({ type: "kept", item: event.item, seq: event.seq });
    } catch {
      // The disk is full or closed: the answer still travels from memory, and the page says so.
      this.around.tell({ type: "not_kept", item: event.item, seq: event.seq });
    }
    if (this.tries === 0) this.wake();
  }

  private async fly(batch: Batch): Promise<void> {
    this.flying = true;
    let failure: unknown;
    try {
      const saved = await this.around.send(batch);
      this.settle(batch, saved.receipts);
      this.tries = 0;
      this.around.tell({ type: "sent", saved });
    } catch (error) {
      failure = error;
      this.tries += 1;
    }
    this.flying = false;
    if (failure !== undefined) this.around.tell({ type: "failed", failure, tries: this.tries });
    this.tellPending();
    this.planNext();
  }

  private planNext(): void {
    if (this.stopped) return;
    if (this.tries === 0) {
      this.wake();
    } else if (this.waiting.length > 0) {
      this.cancelWait?.();
      this.cancelWait = this.around.later(() => this.wake(), backOff(this.tries, this.around.random()));
    }
  }

  private settle(batch: Batch, results: EventResult[]): void {
    let settled = 0;
    for (const event of batch.events) {
      const result = results.find((candidate) => candidate.seq === event.seq);
      if (!result) continue;
      if (result.code === "lease_unknown" && event.cid === this.cid) {
        // Not delivered: the lease is asked for again, and until then the answer waits.
        if (event.epoch < this.epoch) event.epoch = this.epoch;
        this.around.tell({ type: "conflict", item: event.item, seq: event.seq, code: result.code });
      } else if (result.status === "conflict") {
        settled += 1;
        this.refused.add(event);
        this.around.tell({ type: "conflict", item: event.item, seq: event.seq, code: result.code ?? "" });
      } else if (receiptMatches(result.receipt, event)) {
        settled += 1;
        this.acknowledge(event, result);
      }
    }
    // An answer that settles nothing is no answer: without this the loop would spin.
    if (settled === 0) throw new Error("no receipt matched");
  }

  private acknowledge(event: OutboxEvent, result: EventResult): void {
    event.receipt = result.receipt ?? "";
    this.confirmations += 1;
    // Kept with its receipt until the final receipt; a failure here costs only a second sending.
    this.around.store.put({ ...event }).catch(() => undefined);
    this.around.tell({
      type: "acknowledged", item: event.item, seq: event.seq, late: result.status === "late",
      stale: result.status === "stale_epoch", receipt: event.receipt, epoch: event.epoch,
    });
  }

  private tellPending(): void {
    this.around.tell({ type: "pending", count: this.waiting.length });
  }
}

/** The file that staff can upload when nothing else works; it carries no name. */
export function rescueFile(attempt: string, events: OutboxEvent[]): string {
  const lines = events.map(({ cid, epoch, seq, item, answer, ms, mono, receipt, proof }) => ({ cid, epoch, seq, item, answer, ms, mono, receipt: receipt || (proof ?? "") }));
  const body = { format: "CHOUKAO-RESCUE/1", attempt, events: lines };
  return JSON.stringify(body);
}
