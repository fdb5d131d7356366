// The shapes of the answer protocol (OPEN, SAVE, HELLO, SUBMIT) as the server speaks them.
import { sha256 } from "./sha256.ts";

/** Opaque option ids, or `place=value` entries, or null for a cleared answer. */
export type Answer = string[] | null;

export interface Option {
  id: string;
  label: string;
  text: string;
}

/** What a question shows and is answered with; a case has parts, each a question of its own. */
export interface Question {
  input: "radio" | "checkbox" | "text" | "number" | "textarea" | "match" | "order" | "case";
  stem: string;
  options: Option[];
  targets?: Option[];
  blanks?: number;
  asks_unit?: boolean;
  unit?: string;
  parts?: (Question & { id: string })[];
}

export interface Item extends Question {
  id: string;
  number: number;
  section: string;
  kind: string;
  mark: string;
}

export interface Paper {
  paper: string;
  title: string;
  total: string;
  pass: string;
  minutes: number;
  rule: string;
  items: Item[];
}

export type Have = Record<string, [number, number][]>;

export interface ServerTime {
  server_now: string;
  deadline: string;
}

export interface Opened extends ServerTime {
  epoch: number;
  grace_seconds: number;
  state: string;
  paper: Paper;
  have: Have;
  head: string;
  answers: Record<string, Answer>;
  done_url?: string;
}

export interface Hello extends ServerTime {
  have: Have;
  head: string;
  state: string;
  epoch: number;
}

export interface Pulse extends ServerTime {
  state: string;
  epoch: number;
}

export interface EventResult {
  seq: number | null;
  status: "stored" | "late" | "conflict" | "stale_epoch";
  receipt: string | null;
  code?: string;
}

export interface Saved extends ServerTime {
  receipts: EventResult[];
  state: string;
}

export interface Submitted {
  final_receipt: string;
  state: string;
  done_url: string;
}

export interface Receipt {
  attempt: string;
  epoch: number;
  cid: string;
  seq: number;
  item: string;
  answer_sha256: string;
  server_ts: string;
  late: boolean;
}

/** One event as it waits in the outbox; `epoch` and `cid` name the lease it was written under. */
export interface OutboxEvent {
  attempt: string;
  cid: string;
  epoch: number;
  seq: number;
  item: string;
  answer: Answer;
  ms: number;
  mono: number;
  /** Empty until the server's receipt was checked. */
  receipt: string;
  /** The receipt that was given before a restore took the answer away: proof of when it was saved. */
  proof?: string;
}

/** The one spelling that is hashed and stored: chosen options or filled places ascending. */
export function normal(answer: Answer): Answer {
  return answer === null || answer.length === 0 ? null : [...answer].sort();
}

export function answerHash(answer: Answer): string {
  return sha256(JSON.stringify(normal(answer)));
}

export function sameAnswer(one: Answer | undefined, other: Answer | undefined): boolean {
  return JSON.stringify(normal(one ?? null)) === JSON.stringify(normal(other ?? null));
}

/** Whether a receipt speaks of exactly this event; anything else is not a confirmation. */
export function receiptMatches(text: string | null, event: OutboxEvent): boolean {
  let receipt: Partial<Receipt> | null;
  try {
    receipt = JSON.parse(text ?? "") as Partial<Receipt> | null;
  } catch {
    return false;
  }
  return (
    receipt !== null &&
    receipt.attempt === event.attempt &&
    receipt.cid === event.cid &&
    receipt.epoch === event.epoch &&
    receipt.seq === event.seq &&
    receipt.item === event.item &&
    receipt.answer_sha256 === answerHash(event.answer)
  );
}

export function covers(have: Have, cid: string, seq: number): boolean {
  return (have[cid] ?? []).some(([first, last]) => first <= seq && seq <= last);
}

export function lastSeq(have: Have, cid: string): number {
  return Math.max(0, ...(have[cid] ?? []).map(([, last]) => last));
}

/** 128 random bits as 32 hexadecimal characters. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
