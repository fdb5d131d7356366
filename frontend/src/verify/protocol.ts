// CHOUKAO-DRAW/1 in the visitor's own browser: a third implementation (docs/draw.md). Files and seed are hashed by Web Crypto, where
// the browser offers it; the tickets by plain script, which is quicker for many short texts and is checked against Web Crypto as it goes.
import { need, Rejected } from "./rejected.ts";
import { MUST_SIT, PID_LENGTH, Roster, type Row } from "./roster.ts";
import { digest, hexOf, repeated, WORDS, type Write } from "./sha256.ts";

export { Rejected } from "./rejected.ts";

/** A row of the roster with what the draw made of it; `status` empty: not drawn. */
export interface Placed extends Row {
  ticket: string;
  status: string;
}

export interface Outcome {
  planSha256: string;
  rosterSha256: string;
  seed: string;
  people: number;
  places: number;
  /** How many tickets were computed by Web Crypto as well. */
  compared: number;
  find: (pid: string) => Placed | undefined;
}

export interface Files {
  plan: Uint8Array;
  roster: Uint8Array;
  sources: Uint8Array;
  result: Uint8Array;
}

/** Told as it goes; a promise is waited for, which lets a page without a worker draw its bar. */
export type Progress = (done: number, total: number) => void | Promise<void>;
type Counts = Map<string, number>;

const HEX = /^[0-9a-f]{64}$/;
const LOTTERIES = ["SSQ", "DLT", "FC3D", "PL5"];
const BATCH = 4096;
// Issue, value, and the highest ball of each part where there are balls.
const KINDS: Record<string, [RegExp, RegExp, number[]]> = {
  SSQ: [/^\d{7}$/, /^\d\d(\.\d\d){5}\+\d\d$/, [33, 16]],
  DLT: [/^\d{5}$/, /^\d\d(\.\d\d){4}\+\d\d\.\d\d$/, [35, 12]],
  FC3D: [/^\d{7}$/, /^\d\.\d\.\d$/, []],
  PL5: [/^\d{5}$/, /^\d(\.\d){4}$/, []],
  DICE: [/^[1-9]\d?$/, /^\d(\.\d)*$/, []],
  DRAND: [/^[0-9a-f]{64}:[1-9]\d{0,15}$/, HEX, []],
  LOCAL: [/^[1-9]$/, HEX, []],
};

export async function sha256(data: string | Uint8Array): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  if (globalThis.crypto?.subtle === undefined) return digest(bytes); // pages without https have no Web Crypto
  return hexOfBytes(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource)));
}

function hexOfBytes(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += (byte < 16 ? "0" : "") + byte.toString(16);
  return hex;
}

/** JSON as Python's json.dumps writes it with sorted keys, no spaces and ASCII only. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const fields = value as Record<string, unknown>;
    const keys = Object.keys(fields).sort();
    return `{${keys.map((key) => `${canonicalJson(key)}:${canonicalJson(fields[key])}`).join(",")}}`;
  }
  const text = JSON.stringify(value);
  return text.replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function linesOf(name: string, data: Uint8Array): string[] {
  need(data.every((byte) => byte < 128) && data[data.length - 1] === 10, `${name} is not ASCII text that ends in a line feed`);
  return new TextDecoder("ascii").decode(data.subarray(0, data.length - 1)).split("\n");
}

function readPlan(data: Uint8Array): Record<string, unknown> {
  const text = linesOf("plan.json", data).join("\n");
  let plan: Record<string, unknown>;
  try {
    plan = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Rejected("plan.json is not JSON");
  }
  need(plan !== null && typeof plan === "object" && canonicalJson(plan) === text, "plan.json is not canonical JSON");
  need(plan.alg === "CHOUKAO-DRAW/1", "plan.json names another algorithm");
  need(["hamilton", "systematic", "fixed"].includes(plan.quota as string), "plan.json names another quota method");
  for (const name of plan.quota === "fixed" ? ["rows", "standby"] : ["n", "rows", "standby"]) {
    need(Number.isInteger(plan[name]) && (plan[name] as number) >= 0, `plan.json: ${name} is not a count`);
  }
  need(Array.isArray(plan.sources) && plan.sources.length > 0, "plan.json names no sources");
  return plan;
}

function accepts(name: string, value: string, dice: unknown): boolean {
  const kind = KINDS[name];
  if (kind === undefined || !kind[1].test(value)) return false;
  if (name === "DICE") return dice === undefined || dice === (value.length + 1) / 2;
  const parts = kind[2].length > 0 ? value.split("+") : [];
  return parts.every((part, index) => {
    const balls = part.split(".").map(Number);
    return balls.every((ball, at) => ball >= 1 && ball <= kind[2][index]! && (at === 0 || balls[at - 1]! < ball));
  });
}

function checkSource(plan: Record<string, unknown>, line: string, number: number): void {
  const planned = (plan.sources as string[])[number - 1]!;
  const cut = line.lastIndexOf(":");
  const [source, value] = [line.slice(0, cut), line.slice(cut + 1)];
  const [name, ...issue] = planned.split(":");
  const names = [planned];
  const fallback = plan.fallback as { dice: number } | undefined;
  if (fallback !== undefined && LOTTERIES.includes(name!)) {
    names.push(`${name}:${String(Number(issue[0]) + 1).padStart(issue[0]!.length, "0")}`, `DICE:${number}`);
  }
  const dice = source === names[2] ? fallback?.dice : plan.dice;
  const used = source.split(":")[0]!;
  need(
    names.includes(source) && KINDS[used]?.[0].test(source.slice(used.length + 1)) && accepts(used, value, dice),
    `sources.txt line ${number} is not a value of ${planned}`,
  );
}

/** Integers stay exact below 2^53; the protocol's own limits keep n · P below that for any district. */
function product(a: number, b: number): number {
  need(a * b <= Number.MAX_SAFE_INTEGER, "the numbers are too large for a browser: use verify.py");
  return a * b;
}

/** The hash as a whole number, modulo `total`, digit by digit. */
function modulo(hex: string, total: number): number {
  let rest = 0;
  for (const digit of hex) rest = (rest * 16 + parseInt(digit, 16)) % total;
  return rest;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function allocate(plan: Record<string, unknown>, people: Counts, seed: string): Promise<Counts> {
  if (plan.quota === "fixed") {
    const table = new Map(Object.entries(plan.quotas as Record<string, number>));
    table.forEach((seats, stratum) => {
      need(Number.isInteger(seats) && seats >= 0 && seats <= (people.get(stratum) ?? -1), `plan.json gives ${stratum} more places than people`);
    });
    return table;
  }
  const n = plan.n as number;
  const total = Array.from(people.values()).reduce((sum, count) => sum + count, 0);
  if (n >= total) return people;
  const seats: Counts = new Map();
  const rest: Counts = new Map();
  people.forEach((count, stratum) => {
    seats.set(stratum, Math.floor(product(n, count) / total));
    rest.set(stratum, product(n, count) % total);
  });
  if (plan.quota === "hamilton") giveLargestRemainders(people, seats, rest, n);
  else await giveByEqualSteps(seats, rest, total, seed);
  return seats;
}

function giveLargestRemainders(people: Counts, seats: Counts, rest: Counts, n: number): void {
  const order = Array.from(people.keys()).sort(
    (a, b) => rest.get(b)! - rest.get(a)! || people.get(b)! - people.get(a)! || byText(a, b),
  );
  const given = Array.from(seats.values()).reduce((sum, count) => sum + count, 0);
  for (const stratum of order.slice(0, n - given)) seats.set(stratum, seats.get(stratum)! + 1);
}

async function giveByEqualSteps(seats: Counts, rest: Counts, total: number, seed: string): Promise<void> {
  let point = modulo(await sha256(`alloc-start/1|${seed}`), total);
  const keyed = await Promise.all(
    Array.from(seats.keys()).map(async (stratum) => [await sha256(`alloc/1|${seed}|${stratum}`), stratum] as const),
  );
  keyed.sort((a, b) => byText(a[0], b[0]) || byText(a[1], b[1]));
  let end = 0;
  for (const [, stratum] of keyed) {
    end += rest.get(stratum)!;
    if (point < end) {
      seats.set(stratum, seats.get(stratum)! + 1);
      point += total;
    }
  }
}

/** A writer of tickets: `SHA-256("draw/1|<seed>|<pid>|<lot>")`, the least over the lots of a row. */
class Tickets {
  readonly words: Uint32Array;
  private readonly message: Uint8Array;
  private readonly pidPlace: number;
  private readonly write: Write;
  private readonly other = new Uint32Array(WORDS);

  constructor(private readonly roster: Roster, private readonly seed: string) {
    const before = new TextEncoder().encode(`draw/1|${seed}|`);
    this.message = new Uint8Array(before.length + PID_LENGTH + 2);
    this.message.set(before);
    this.message[this.message.length - 2] = 124;
    this.pidPlace = before.length;
    this.write = repeated(this.message, this.pidPlace);
    this.words = new Uint32Array(roster.count * WORDS);
  }

  compute(row: number): void {
    const { message, other, roster, words } = this;
    const from = roster.pidAt(row);
    message.set(roster.bytes.subarray(from, from + PID_LENGTH), this.pidPlace);
    message[message.length - 1] = 49;
    this.write(words, row * WORDS);
    for (let lot = 2; lot <= roster.lots[row]!; lot += 1) {
      message[message.length - 1] = 48 + lot;
      this.write(other, 0);
      if (compareWords(other, 0, words, row * WORDS) < 0) words.set(other, row * WORDS);
    }
  }

  hex(row: number): string {
    return hexOf(this.words, row * WORDS);
  }

  /** The same row by Web Crypto, which knows nothing of the code above. */
  async compareWithBrowser(row: number): Promise<void> {
    let least = "g";
    for (let lot = 1; lot <= this.roster.lots[row]!; lot += 1) {
      const ticket = await sha256(`draw/1|${this.seed}|${this.roster.pid(row)}|${lot}`);
      if (ticket < least) least = ticket;
    }
    need(least === this.hex(row), "this browser computes SHA-256 in two different ways");
  }
}

function compareWords(a: Uint32Array, at: number, b: Uint32Array, bt: number): number {
  for (let i = 0; i < WORDS; i += 1) {
    const difference = a[at + i]! - b[bt + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** All tickets, and how many of them Web Crypto has confirmed: the first and a random one of each batch. */
async function drawTickets(tickets: Tickets, count: number, progress: Progress): Promise<number> {
  let compared = 0;
  for (let start = 0; start < count; start += BATCH) {
    const end = Math.min(start + BATCH, count);
    for (let row = start; row < end; row += 1) tickets.compute(row);
    for (const row of new Set([start, start + Math.floor(Math.random() * (end - start))])) {
      await tickets.compareWithBrowser(row);
      compared += 1;
    }
    await progress(end, count);
  }
  return compared;
}

/** Rows by stratum: must sit in the order of pids, and who may be drawn in the order of (ticket, pid). */
interface Pool {
  must: number[];
  order: number[];
}

function gather(roster: Roster): Pool[] {
  const pools: Pool[] = roster.strata.map(() => ({ must: [], order: [] }));
  for (let row = 0; row < roster.count; row += 1) {
    const pool = pools[roster.stratumOf[row]!]!;
    if (roster.flags[row] === 0) pool.order.push(row);
    else if (roster.flags[row] === MUST_SIT) pool.must.push(row);
  }
  return pools;
}

/** The lines of result.csv, and what each placed row is. Rows are in the order of pids: a smaller row is a smaller pid. */
function place(roster: Roster, tickets: Tickets, pools: Pool[], quotas: Counts, standby: number): [string[], Map<number, string>] {
  const { words } = tickets;
  const lines = ["stratum,status,pid"];
  const statuses = new Map<number, string>();
  const numbers = roster.strata.map((_, number) => number).sort((a, b) => byText(roster.strata[a]!, roster.strata[b]!));
  for (const number of numbers) {
    const stratum = roster.strata[number]!;
    const { must, order } = pools[number]!;
    const quota = quotas.get(stratum) ?? 0;
    order.sort((a, b) => compareWords(words, a * WORDS, words, b * WORDS) || a - b);
    for (const row of must) statuses.set(row, "M");
    const chosen = order.slice(0, quota + standby);
    chosen.forEach((row, index) => statuses.set(row, `${index < quota ? "S" : "R"}${index + 1}`));
    for (const row of [...must, ...chosen]) lines.push(`${stratum},${statuses.get(row)!},${roster.pid(row)}`);
  }
  return [lines, statuses];
}

/** Recomputes everything and compares byte for byte; throws Rejected with the first difference. */
export async function verify(files: Files, progress: Progress = () => undefined): Promise<Outcome> {
  const plan = readPlan(files.plan);
  const [planSha256, rosterSha256] = await Promise.all([sha256(files.plan), sha256(files.roster)]);
  need(rosterSha256 === plan.roster_sha256, "roster.csv is not the roster that plan.json commits to");
  const roster = new Roster(files.roster);
  need(roster.count === plan.rows, "roster.csv has another number of rows than planned");
  const lines = linesOf("sources.txt", files.sources);
  need(lines.length === (plan.sources as string[]).length, "sources.txt has another number of lines than planned");
  lines.forEach((line, index) => checkSource(plan, line, index + 1));
  const seed = await sha256(["seed/1", planSha256, ...lines].join("|"));
  const tickets = new Tickets(roster, seed);
  const compared = await drawTickets(tickets, roster.count, progress);
  const pools = gather(roster);
  const people: Counts = new Map(roster.strata.map((stratum, number) => [stratum, pools[number]!.order.length]));
  const quotas = await allocate(plan, people, seed);
  const [made, statuses] = place(roster, tickets, pools, quotas, plan.standby as number);
  const result = linesOf("result.csv", files.result);
  for (let index = 0; index < Math.max(made.length, result.length); index += 1) {
    need(made[index] === result[index], `result.csv line ${index + 1} differs from the recomputed draw`);
  }
  const find = (pid: string): Placed | undefined => {
    const row = roster.find(pid);
    return row < 0 ? undefined : { ...roster.row(row), ticket: tickets.hex(row), status: statuses.get(row) ?? "" };
  };
  return { planSha256, rosterSha256, seed, people: roster.count, places: made.length - 1, compared, find };
}
