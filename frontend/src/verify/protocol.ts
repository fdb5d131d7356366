// CHOUKAO-DRAW/1 in the visitor's own browser: a third implementation (docs/draw.md). Files and seed are hashed by Web Crypto, where
// the browser offers it; the tickets by plain script, which is quicker for many short texts and is checked against Web Crypto as it goes.
import { sha256 as plainSha256 } from "../exam/sha256.ts";

export interface Row {
  pid: string;
  stratum: string;
  lots: number;
  flag: string;
}

export interface Placed extends Row {
  ticket: string;
  status: string;
}

export interface Outcome {
  planSha256: string;
  rosterSha256: string;
  seed: string;
  rows: Map<string, Placed>;
  places: number;
}

export interface Files {
  plan: Uint8Array;
  roster: Uint8Array;
  sources: Uint8Array;
  result: Uint8Array;
}

/** The files do not agree, or one of them is not what the protocol asks for. The message says which and where. */
export class Rejected extends Error {}

type Progress = (done: number, total: number) => void;
type Counts = Map<string, number>;

const ROW = /^([0-9a-f]{64}),([A-Z0-9]+-[0-9]{6,12}-[PSD]),([1-9]),((?:[MX]:[A-Z0-9_-]{1,16})?)$/;
const HEX = /^[0-9a-f]{64}$/;
const LOTTERIES = ["SSQ", "DLT", "FC3D", "PL5"];
const BATCH = 1000;
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

function need(truth: unknown, sentence: string): void {
  if (!truth) throw new Rejected(sentence);
}

export async function sha256(data: string | Uint8Array): Promise<string> {
  // Pages without https have no Web Crypto. Files are ASCII by then, so that their text has the same bytes.
  if (globalThis.crypto?.subtle === undefined) return plainSha256(typeof data === "string" ? data : new TextDecoder().decode(data));
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as BufferSource));
  let hex = "";
  for (const byte of digest) hex += (byte < 16 ? "0" : "") + byte.toString(16);
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

function readRoster(data: Uint8Array): Row[] {
  const [header, ...lines] = linesOf("roster.csv", data);
  need(header === "pid,stratum,lots,flag", "roster.csv has another header");
  let before = "";
  return lines.map((line, index) => {
    const match = ROW.exec(line);
    need(match !== null && match[1]! > before, `roster.csv line ${index + 2} is malformed or out of order`);
    before = match![1]!;
    return { pid: before, stratum: match![2]!, lots: Number(match![3]), flag: match![4]! };
  });
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

function ticketOf(row: Row, seed: string): string {
  let least = "g";
  for (let lot = 1; lot <= row.lots; lot += 1) {
    const ticket = plainSha256(`draw/1|${seed}|${row.pid}|${lot}`);
    if (ticket < least) least = ticket;
  }
  return least;
}

async function withTickets(rows: Row[], seed: string, progress: Progress): Promise<Placed[]> {
  const placed: Placed[] = [];
  for (let start = 0; start < rows.length; start += BATCH) {
    for (const row of rows.slice(start, start + BATCH)) placed.push({ ...row, ticket: ticketOf(row, seed), status: "" });
    const sample = `draw/1|${seed}|${rows[start]!.pid}|1`;
    need(plainSha256(sample) === (await sha256(sample)), "this browser computes SHA-256 in two different ways");
    progress(placed.length, rows.length);
    // A breath for the page, so that the bar moves.
    await new Promise((resume) => setTimeout(resume));
  }
  return placed;
}

function placeStratum(pool: Placed[], stratum: string, quota: number, standby: number): string[] {
  const must = pool.filter((row) => row.flag.startsWith("M")).sort((a, b) => byText(a.pid, b.pid));
  const order = pool.filter((row) => row.flag === "").sort((a, b) => byText(a.ticket, b.ticket) || byText(a.pid, b.pid));
  must.forEach((row) => (row.status = "M"));
  const chosen = order.slice(0, quota + standby);
  chosen.forEach((row, index) => (row.status = `${index < quota ? "S" : "R"}${index + 1}`));
  return [...must, ...chosen].map((row) => `${stratum},${row.status},${row.pid}`);
}

/** Recomputes everything and compares byte for byte; throws Rejected with the first difference. */
export async function verify(files: Files, progress: Progress = () => undefined): Promise<Outcome> {
  const plan = readPlan(files.plan);
  linesOf("roster.csv", files.roster);
  const [planSha256, rosterSha256] = await Promise.all([sha256(files.plan), sha256(files.roster)]);
  need(rosterSha256 === plan.roster_sha256, "roster.csv is not the roster that plan.json commits to");
  const rows = readRoster(files.roster);
  need(rows.length === plan.rows, "roster.csv has another number of rows than planned");
  const lines = linesOf("sources.txt", files.sources);
  need(lines.length === (plan.sources as string[]).length, "sources.txt has another number of lines than planned");
  lines.forEach((line, index) => checkSource(plan, line, index + 1));
  const seed = await sha256(["seed/1", planSha256, ...lines].join("|"));
  const placed = await withTickets(rows, seed, progress);
  const pools = new Map<string, Placed[]>();
  for (const row of placed) {
    const pool = pools.get(row.stratum);
    if (pool === undefined) pools.set(row.stratum, [row]);
    else pool.push(row);
  }
  const people: Counts = new Map(Array.from(pools, ([stratum, pool]) => [stratum, pool.filter((row) => row.flag === "").length]));
  const quotas = await allocate(plan, people, seed);
  const made = ["stratum,status,pid"];
  for (const stratum of Array.from(pools.keys()).sort(byText)) {
    for (const line of placeStratum(pools.get(stratum)!, stratum, quotas.get(stratum) ?? 0, plan.standby as number)) made.push(line);
  }
  const result = linesOf("result.csv", files.result);
  for (let index = 0; index < Math.max(made.length, result.length); index += 1) {
    need(made[index] === result[index], `result.csv line ${index + 1} differs from the recomputed draw`);
  }
  return { planSha256, rosterSha256, seed, rows: new Map(placed.map((row) => [row.pid, row])), places: made.length - 1 };
}
