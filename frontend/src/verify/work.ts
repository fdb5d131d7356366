// What is done for the page, in a worker or, where there is none, in the page itself.
import { sha256, verify, type Files, type Placed } from "./protocol.ts";
import { Rejected } from "./rejected.ts";

export const NAMES = ["plan.json", "roster.csv", "sources.txt", "result.csv"] as const;
type Name = (typeof NAMES)[number];

/** The addresses of the four files, or the files that the visitor kept. */
export type Order = { urls: Record<Name, string> } | { chosen: { name: string; data: Uint8Array }[] };

export type Report =
  | { kind: "reading"; name: string; done: number; total: number }
  | { kind: "tickets"; done: number; total: number }
  | { kind: "accepted"; planSha256: string; rosterSha256: string; seed: string; people: number; places: number; compared: number; seconds: number }
  | { kind: "rejected"; reason: string };

export type Tell = (report: Report) => void | Promise<void>;
export type Find = (typed: string) => Promise<Placed | undefined>;

/** Reads and recomputes; tells how far it is and how it ended. Gives the search for one's own row, when accepted. */
export async function work(order: Order, tell: Tell): Promise<Find | undefined> {
  try {
    const files = filesOf("urls" in order ? await download(order.urls, tell) : order.chosen);
    const started = performance.now();
    const { find, ...facts } = await verify(files, (done, total) => tell({ kind: "tickets", done, total }));
    await tell({ kind: "accepted", ...facts, seconds: (performance.now() - started) / 1000 });
    return async (typed) => find(typed.startsWith("pid/1|") ? await sha256(typed) : typed.toLowerCase());
  } catch (error) {
    await tell({ kind: "rejected", reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

function filesOf(read: { name: string; data: Uint8Array }[]): Files {
  const [plan, roster, sources, result] = NAMES.map((name) => {
    const file = read.find((each) => each.name === name);
    if (file === undefined) throw new Rejected(name);
    return file.data;
  });
  return { plan: plan!, roster: roster!, sources: sources!, result: result! };
}

async function download(urls: Record<Name, string>, tell: Tell): Promise<{ name: string; data: Uint8Array }[]> {
  const read: { name: string; data: Uint8Array }[] = [];
  for (const name of NAMES) {
    await tell({ kind: "reading", name, done: 0, total: 1 });
    const answer = await fetch(urls[name], { cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw new Rejected(`${name}: ${answer.status}`);
    read.push({ name, data: await bodyOf(answer, (done, total) => tell({ kind: "reading", name, done, total })) });
  }
  return read;
}

async function bodyOf(answer: Response, progress: (done: number, total: number) => void | Promise<void>): Promise<Uint8Array> {
  const total = Number(answer.headers.get("Content-Length") ?? 0);
  if (answer.body === null || !total || answer.headers.get("Content-Encoding") !== null) return new Uint8Array(await answer.arrayBuffer());
  const parts: Uint8Array[] = [];
  let done = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const part = await reader.read();
    if (part.done) break;
    parts.push(part.value);
    done += part.value.length;
    await progress(done, total);
  }
  const whole = new Uint8Array(done);
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
