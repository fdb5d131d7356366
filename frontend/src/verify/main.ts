import type { Placed } from "./protocol.ts";
import { NAMES, work, type Find, type Order, type Report, type Tell } from "./work.ts";

interface Config {
  files: Record<(typeof NAMES)[number], string>;
  worker: string;
}

const root = document.getElementById("verify");
const configText = document.getElementById("verify-config")?.textContent;
if (root !== null && configText) attach(root, JSON.parse(configText) as Config);

function part<T extends HTMLElement = HTMLElement>(name: string): T {
  return root!.querySelector(`[data-verify-${name}]`) as T;
}

/** A sentence of the page in its language; `{name}` is replaced. */
function words(name: string, values: Record<string, string | number> = {}): string {
  const key = `words${name[0]!.toUpperCase()}${name.slice(1)}`;
  return Object.keys(values).reduce((text, each) => text.replace(`{${each}}`, String(values[each])), root!.dataset[key] ?? "");
}

function attach(page: HTMLElement, config: Config): void {
  const start = part<HTMLButtonElement>("start");
  start.addEventListener("click", () => void run(page, config, Promise.resolve({ urls: config.files })));
  const picker = part<HTMLInputElement>("files");
  picker.addEventListener("change", () => void run(page, config, readChosen(Array.from(picker.files ?? []))));
}

async function readChosen(chosen: File[]): Promise<Order> {
  const known = chosen.filter((file) => (NAMES as readonly string[]).includes(file.name));
  return { chosen: await Promise.all(known.map(async (file) => ({ name: file.name, data: new Uint8Array(await file.arrayBuffer()) }))) };
}

async function run(page: HTMLElement, config: Config, ordered: Promise<Order>): Promise<void> {
  const start = part<HTMLButtonElement>("start");
  start.disabled = true;
  page.setAttribute("aria-busy", "true");
  for (const name of ["outcome", "own"]) part(name).hidden = true;
  part("progress").hidden = false;
  const find = await beside(config.worker, await ordered, show);
  page.removeAttribute("aria-busy");
  part("progress").hidden = true;
  start.disabled = false;
  if (find !== undefined) offerOwnRow(find);
}

let running: Worker | undefined;

/** In a worker; in the page itself where a worker cannot be had (old browsers inside other applications). */
async function beside(address: string, order: Order, tell: Tell): Promise<Find | undefined> {
  running?.terminate();
  const worker = (running = startWorker(address));
  if (worker === undefined) return work(order, yielding(tell));
  return new Promise((resolve) => {
    let told = false;
    let waiting: ((found: Placed | undefined) => void) | undefined;
    const ask: Find = (typed) =>
      new Promise((found) => {
        waiting = found;
        worker.postMessage({ typed });
      });
    worker.onmessage = (event: MessageEvent<{ report?: Report; found?: Placed }>) => {
      const { report, found } = event.data;
      told = true;
      if (report === undefined) waiting?.(found);
      else {
        void tell(report);
        if (report.kind === "accepted") resolve(ask);
        if (report.kind === "rejected") resolve(undefined);
      }
    };
    worker.onerror = (event) => {
      if (told) void Promise.resolve(tell({ kind: "rejected", reason: event.message })).then(() => resolve(undefined));
      else void work(order, yielding(tell)).then(resolve);
      worker.terminate();
    };
    worker.postMessage({ order });
  });
}

function startWorker(address: string): Worker | undefined {
  try {
    return new Worker(address);
  } catch {
    return undefined;
  }
}

/** A breath for the page after each report, so that its bar moves. */
function yielding(tell: Tell): Tell {
  return async (report) => {
    await tell(report);
    await new Promise((resume) => setTimeout(resume));
  };
}

function show(report: Report): void {
  if (report.kind === "reading") progress(`${words("reading")} ${report.name}`, report.done, report.total, "");
  else if (report.kind === "tickets") progress(words("tickets"), report.done, report.total, `${report.done} / ${report.total}`);
  else if (report.kind === "rejected") outcome(false, words("bad"), [words("badAdvice")], report.reason);
  else {
    const { people, places, compared, seconds } = report;
    part("outcome").dataset.seed = report.seed;
    const facts = [
      words("counted", { people, places, seconds: seconds.toFixed(1) }),
      compared > 0 ? words("compared", { compared }) : "",
      words("goodAdvice"),
    ];
    outcome(true, words("good"), facts, `plan.json   ${report.planSha256}\nroster.csv  ${report.rosterSha256}\nseed        ${report.seed}`);
  }
}

function progress(stage: string, done: number, total: number, count: string): void {
  part("stage").textContent = stage;
  part("count").textContent = count;
  (root!.querySelector("progress") as HTMLProgressElement).value = total > 0 ? done / total : 1;
}

function outcome(good: boolean, sentence: string, facts: string[], exact: string): void {
  const heading = document.createElement("h2");
  heading.textContent = `${good ? "✓" : "✗"} ${sentence}`;
  const paragraphs = facts.filter(Boolean).map((text) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    return paragraph;
  });
  const bytes = document.createElement("pre");
  bytes.className = "ck-mono";
  bytes.tabIndex = 0;
  bytes.textContent = exact;
  const box = part("outcome");
  const body = document.createElement("div");
  body.className = "ck-alert-body";
  body.append(heading, ...paragraphs, bytes);
  box.replaceChildren(body);
  box.className = `ck-section ck-alert ${good ? "ck-alert-good" : "ck-alert-bad"}`;
  box.hidden = false;
}

function offerOwnRow(find: Find): void {
  const { seed } = part("outcome").dataset as { seed: string };
  part("own").hidden = false;
  const input = document.getElementById("verify-preimage") as HTMLInputElement;
  const answer = async (): Promise<void> => {
    const typed = input.value.trim();
    const row = typed === "" ? undefined : await find(typed);
    if (typed !== input.value.trim()) return; // something else was typed meanwhile
    part("row").textContent = typed === "" ? "" : row === undefined ? words("missing") : sentenceOf(row);
    part("ticket-box").hidden = row === undefined;
    part("ticket").textContent = row === undefined ? "" : row.ticket;
    part("command").textContent = row === undefined ? "" : commandFor(row, seed);
  };
  input.oninput = () => void answer();
  void answer();
}

/** The ticket in a shell: of several lots the least counts. */
function commandFor(row: Placed, seed: string): string {
  if (row.lots === 1) return `printf '%s' 'draw/1|${seed}|${row.pid}|1' | sha256sum`;
  return `for j in $(seq ${row.lots}); do printf '%s' "draw/1|${seed}|${row.pid}|$j" | sha256sum; done | sort | head -n 1`;
}

function sentenceOf(row: Placed): string {
  const status = row.status || (row.flag.startsWith("X") ? `${words("excluded")} ${row.flag}` : words("undrawn"));
  return `${words("found")} ${row.pid.slice(0, 12)}… ${row.stratum} ${row.flag} ${words("place")} ${status}`.replace(/ +/g, " ");
}
