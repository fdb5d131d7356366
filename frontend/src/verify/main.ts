import { Rejected, sha256, verify, type Files, type Outcome } from "./protocol.ts";

const NAMES = ["plan.json", "roster.csv", "sources.txt", "result.csv"] as const;

interface Config {
  files: Record<(typeof NAMES)[number], string>;
}

const root = document.getElementById("verify");
const configText = document.getElementById("verify-config")?.textContent;
if (root !== null && configText) attach(root, JSON.parse(configText) as Config);

function part<T extends HTMLElement = HTMLElement>(within: HTMLElement, name: string): T {
  return within.querySelector(`[data-verify-${name}]`) as T;
}

function attach(page: HTMLElement, config: Config): void {
  const start = part<HTMLButtonElement>(page, "start");
  start.addEventListener("click", () => void run(page, start, () => download(page, config)));
  const picker = part<HTMLInputElement>(page, "files");
  picker.addEventListener("change", () => void run(page, start, () => readChosen(Array.from(picker.files ?? []))));
}

async function run(page: HTMLElement, start: HTMLButtonElement, read: () => Promise<Files>): Promise<void> {
  start.disabled = true;
  part(page, "outcome").hidden = true;
  part(page, "progress").hidden = false;
  try {
    const outcome = await verify(await read(), (done, total) => progress(page, page.dataset.wordsTickets ?? "", done, total));
    show(page, true, page.dataset.wordsGood ?? "", `plan.json ${outcome.planSha256}\nroster.csv ${outcome.rosterSha256}\nseed ${outcome.seed}\n${outcome.places} / ${outcome.rows.size}`);
    offerOwnRow(page, outcome);
  } catch (error) {
    show(page, false, page.dataset.wordsBad ?? "", error instanceof Rejected || error instanceof Error ? error.message : String(error));
  } finally {
    start.disabled = false;
    part(page, "progress").hidden = true;
  }
}

async function download(page: HTMLElement, config: Config): Promise<Files> {
  const contents: Uint8Array[] = [];
  for (const name of NAMES) {
    progress(page, `${page.dataset.wordsReading ?? ""} ${name}`, contents.length, NAMES.length);
    const answer = await fetch(config.files[name], { cache: "no-store", credentials: "omit" });
    if (!answer.ok) throw new Rejected(`${name}: ${answer.status}`);
    contents.push(new Uint8Array(await answer.arrayBuffer()));
  }
  const [plan, roster, sources, result] = contents as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return { plan, roster, sources, result };
}

async function readChosen(chosen: File[]): Promise<Files> {
  const contents = await Promise.all(
    NAMES.map(async (name) => {
      const file = chosen.find((each) => each.name === name);
      if (file === undefined) throw new Rejected(name);
      return new Uint8Array(await file.arrayBuffer());
    }),
  );
  const [plan, roster, sources, result] = contents as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  return { plan, roster, sources, result };
}

function progress(page: HTMLElement, stage: string, done: number, total: number): void {
  part(page, "stage").textContent = stage;
  part(page, "count").textContent = `${done} / ${total}`;
  (page.querySelector("progress") as HTMLProgressElement).value = total > 0 ? done / total : 1;
}

function show(page: HTMLElement, good: boolean, sentence: string, details: string): void {
  const box = part(page, "outcome");
  const heading = document.createElement("h2");
  heading.textContent = `${good ? "✓" : "✗"} ${sentence}`;
  const facts = document.createElement("pre");
  facts.className = "ck-mono";
  facts.textContent = details;
  box.replaceChildren(heading, facts);
  box.className = "ck-section ck-panel";
  box.hidden = false;
}

function offerOwnRow(page: HTMLElement, outcome: Outcome): void {
  part(page, "own").hidden = false;
  const input = document.getElementById("verify-preimage") as HTMLInputElement;
  input.oninput = async () => {
    const typed = input.value.trim();
    const pid = typed.startsWith("pid/1|") ? await sha256(typed) : typed;
    const row = outcome.rows.get(pid);
    const words = page.dataset;
    let answer = "";
    if (row !== undefined) {
      const outside = row.flag.startsWith("X") ? `${words.wordsExcluded ?? ""} ${row.flag}` : (words.wordsUndrawn ?? "");
      answer = `${words.wordsFound ?? ""}${row.pid.slice(0, 12)}… ${row.stratum} ${row.flag} ${words.wordsPlace ?? ""}${row.status || outside}`;
    } else if (typed !== "") {
      answer = words.wordsMissing ?? "";
    }
    part(page, "row").textContent = answer;
  };
}
