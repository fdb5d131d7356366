// What the exam page knows, as a pure reducer over events. Nothing here touches the network, the clock or the document.
import { sameAnswer } from "./messages.ts";
import type { Answer, Item, Paper } from "./messages.ts";

/**
 * connecting: OPEN is on its way; held: another device or tab writes; writing; handing_in: SUBMIT was asked for and
 * waits until everything is delivered; closed: time is over, what is left is still delivered; finished: the final receipt is here.
 */
export type Phase = "connecting" | "held" | "writing" | "handing_in" | "closed" | "finished" | "refused";

/** empty ○ · typing ✎ · kept ● on this device · saved ✔ on the server · late: delivered after the deadline */
export type ItemStatus = "empty" | "typing" | "kept" | "saved" | "late";

export interface Mark {
  status: ItemStatus;
  /** Number of the latest event of this item on this page; older confirmations do not count. */
  seq: number;
  /** Local time of day of the server's confirmation. */
  at: string;
}

export type Screen = "question" | "card" | "review";

export interface State {
  phase: Phase;
  screen: Screen;
  paper: Paper | undefined;
  current: number;
  answers: Record<string, Answer>;
  marks: Record<string, Mark>;
  flags: string[];
  fontSize: number;
  /** All questions on one page instead of one by one. */
  together: boolean;
  pending: number;
  /** Failed tries in a row; zero means the last one arrived. */
  tries: number;
  signedOut: boolean;
  /** The person goes on answering and signs in later. */
  signInPutOff: boolean;
  durable: boolean;
  notKept: boolean;
  lastSaved: string;
  message: string;
  finalReceipt: string;
  doneUrl: string;
}

export type Happening =
  | { type: "opened"; paper: Paper; answers: Record<string, Answer>; unsent: { item: string; answer: Answer; seq: number }[] }
  | { type: "chosen"; item: string; answer: Answer; seq: number }
  | { type: "kept"; item: string; seq: number }
  | { type: "not_kept"; item: string; seq: number }
  | { type: "acknowledged"; item: string; seq: number; late: boolean; at: string }
  | { type: "pending"; count: number }
  | { type: "delivered" }
  | { type: "failed"; tries: number }
  | { type: "signed_out" }
  | { type: "signed_in" }
  | { type: "sign_in_put_off"; putOff: boolean }
  | { type: "held"; message: string }
  | { type: "refused"; message: string }
  | { type: "moved"; to: number }
  | { type: "shown"; screen: Screen }
  | { type: "flagged"; item: string }
  | { type: "remembered"; flags: string[]; fontSize: number; current: number; durable: boolean; together?: boolean | undefined }
  | { type: "looked"; at: number }
  | { type: "together"; on: boolean }
  | { type: "font"; size: number }
  | { type: "hand_in" }
  | { type: "hand_in_refused"; message: string }
  | { type: "hand_in_cancelled" }
  | { type: "said"; message: string }
  | { type: "closed" }
  | { type: "reopened" }
  | { type: "finished"; receipt: string; doneUrl: string };

export const FONT_SIZES = [18, 20, 22, 24, 28] as const;

export const INITIAL: State = {
  phase: "connecting", screen: "question", paper: undefined, current: 0, answers: {}, marks: {}, flags: [], fontSize: FONT_SIZES[0], together: false,
  pending: 0, tries: 0, signedOut: false, signInPutOff: false, durable: true, notKept: false, lastSaved: "", message: "", finalReceipt: "", doneUrl: "",
};

const NOTHING: Mark = { status: "empty", seq: 0, at: "" };

export function markOf(state: State, item: string): Mark {
  return state.marks[item] ?? NOTHING;
}

function withMark(state: State, item: string, mark: Mark): State {
  return { ...state, marks: { ...state.marks, [item]: mark } };
}

/** A confirmation of an older answer says nothing about the newer one. */
function progressed(state: State, item: string, seq: number, status: ItemStatus, at: string): State {
  const mark = markOf(state, item);
  if (seq < mark.seq) return state;
  return withMark(state, item, { status, seq, at });
}

function opened(state: State, event: Extract<Happening, { type: "opened" }>): State {
  const answers: Record<string, Answer> = { ...event.answers };
  const marks: Record<string, Mark> = {};
  for (const item of event.paper.items) {
    marks[item.id] = { status: answers[item.id] ? "saved" : "empty", seq: 0, at: "" };
  }
  for (const { item, answer, seq } of event.unsent) {
    if (!sameAnswer(answers[item], answer) || marks[item]?.status !== "saved") {
      marks[item] = { status: "kept", seq, at: "" };
    }
    answers[item] = answer;
  }
  const phase = state.phase === "closed" || state.phase === "handing_in" ? state.phase : "writing";
  const current = Math.min(state.current, Math.max(0, event.paper.items.length - 1));
  return { ...state, phase, paper: event.paper, answers, marks, current, signedOut: false, message: "", tries: 0 };
}

/** The page after one happening; unknown items and places outside the paper change nothing. */
export function reduce(state: State, event: Happening): State {
  switch (event.type) {
    case "opened": return opened(state, event);
    case "chosen": return withMark({ ...state, answers: { ...state.answers, [event.item]: event.answer } }, event.item, { status: "typing", seq: event.seq, at: "" });
    case "kept": return progressed(state, event.item, event.seq, "kept", "");
    case "not_kept": return { ...state, notKept: true };
    case "acknowledged": {
      const status = event.late ? "late" : state.answers[event.item] ? "saved" : "empty";
      return { ...progressed(state, event.item, event.seq, status, event.at), lastSaved: event.at };
    }
    case "pending": return { ...state, pending: event.count };
    case "delivered": return { ...state, tries: 0, signedOut: false, signInPutOff: false };
    case "failed": return { ...state, tries: event.tries };
    case "signed_out": return { ...state, signedOut: true };
    case "signed_in": return { ...state, signedOut: false, signInPutOff: false };
    case "sign_in_put_off": return { ...state, signInPutOff: event.putOff };
    case "held": return { ...state, phase: "held", message: event.message };
    case "refused": return { ...state, phase: "refused", message: event.message };
    case "moved": return event.to >= 0 && event.to < (state.paper?.items.length ?? 0) ? { ...state, current: event.to, screen: "question", message: "" } : state;
    case "looked": return event.at >= 0 && event.at < (state.paper?.items.length ?? 0) ? { ...state, current: event.at } : state;
    case "together": return { ...state, together: event.on, screen: "question" };
    case "shown": return { ...state, screen: event.screen };
    case "flagged": return { ...state, flags: state.flags.includes(event.item) ? state.flags.filter((flag) => flag !== event.item) : [...state.flags, event.item] };
    case "remembered": return { ...state, flags: event.flags, fontSize: event.fontSize || state.fontSize, current: event.current, durable: event.durable, together: event.together ?? state.together };
    case "font": return { ...state, fontSize: event.size };
    case "hand_in": return { ...state, phase: "handing_in", screen: "review", message: "" };
    case "hand_in_refused": return { ...state, phase: "writing", message: event.message };
    case "hand_in_cancelled": return state.phase === "handing_in" ? { ...state, phase: "writing", screen: "question" } : state;
    case "said": return { ...state, message: event.message };
    case "closed": return state.phase === "finished" ? state : { ...state, phase: "closed", screen: "review" };
    case "reopened": return state.phase === "closed" ? { ...state, phase: "writing", screen: "question" } : state;
    case "finished": return { ...state, phase: "finished", finalReceipt: event.receipt, doneUrl: event.doneUrl };
  }
}

/** The answer after a click on one option: radio replaces, checkbox toggles, nothing chosen is null. */
export function answerAfter(item: Item, before: Answer, option: string, on: boolean): Answer {
  if (item.input === "radio") return on ? [option] : null;
  const rest = (before ?? []).filter((id) => id !== option);
  const after = on ? [...rest, option] : rest;
  return after.length > 0 ? after.sort() : null;
}

export function mayAnswer(state: State): boolean {
  return state.phase === "writing";
}

export interface Count {
  all: number;
  answered: number;
  unanswered: Item[];
  flagged: Item[];
}

export function countOf(state: State): Count {
  const items = state.paper?.items ?? [];
  const unanswered = items.filter((item) => !state.answers[item.id]);
  return { all: items.length, answered: items.length - unanswered.length, unanswered, flagged: items.filter((item) => state.flags.includes(item.id)) };
}

/** The one line about saving at the top of the page. */
export type SaveLine = { sign: "○" | "✎" | "●" | "✔" | "!"; word: "nothing" | "all_saved" | "sending" | "kept" | "saved" | "memory"; count: number };

export function saveLine(state: State): SaveLine {
  if (state.pending > 0 && !state.durable) return { sign: "!", word: "memory", count: state.pending };
  if (state.pending > 0 && state.tries > 0) return { sign: "●", word: "kept", count: state.pending };
  if (state.pending > 0) return { sign: "✎", word: "sending", count: state.pending };
  if (state.lastSaved) return { sign: "✔", word: "saved", count: 0 };
  if (countOf(state).answered > 0) return { sign: "✔", word: "all_saved", count: 0 };
  return { sign: "○", word: "nothing", count: 0 };
}
