// The device check before the day: tries what the exam page needs, says what it found, and tells the server.
import { openStore } from "../exam/store.ts";
import { textsOf, type Fill } from "./texts.ts";
import { clockMark, networkMark, storageMark, type Mark } from "./marks.ts";

const TRIES = 5;
const TIMEOUT_MS = 8000;

interface Found {
  mark: Mark;
  text: string;
  values?: Record<string, string | number>;
}

function browserFound(): Found {
  const needed = "fetch" in window && "Promise" in window && typeof crypto?.getRandomValues === "function";
  const offline = "serviceWorker" in navigator && "caches" in window && "locks" in navigator;
  const mark: Mark = !needed ? "bad" : offline ? "ok" : "warn";
  return { mark, text: `browser_${mark}` };
}

async function storageFound(): Promise<Found> {
  const store = await openStore(typeof indexedDB === "undefined" ? undefined : indexedDB);
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  const left = estimate?.quota === undefined ? undefined : estimate.quota - (estimate.usage ?? 0);
  const mark = storageMark(store.durable, left);
  return { mark, text: `storage_${mark}` };
}

async function ask(url: string): Promise<{ ms: number; server: number }> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  const from = performance.now();
  try {
    const answer = await fetch(`${url}?now=1`, { cache: "no-store", credentials: "same-origin", signal: controller.signal });
    const body = (await answer.json()) as { server_now: string };
    return { ms: performance.now() - from, server: Date.parse(body.server_now) };
  } finally {
    clearTimeout(timer);
  }
}

async function lineFound(url: string): Promise<{ network: Found; clock: Found }> {
  const times: number[] = [];
  let apart = 0;
  try {
    for (let count = 0; count < TRIES; count += 1) {
      const { ms, server } = await ask(url);
      times.push(ms);
      apart = Math.round(Math.abs(Date.now() - ms / 2 - server) / 1000);
    }
  } catch {
    return { network: { mark: "bad", text: "network_bad" }, clock: { mark: "warn", text: "clock_warn", values: { seconds: "?" } } };
  }
  const ms = Math.round(times.sort((one, other) => one - other)[Math.floor(TRIES / 2)]!);
  const [network, clock] = [networkMark(ms), clockMark(apart)];
  return {
    network: { mark: network, text: `network_${network}`, values: { ms } },
    clock: { mark: clock, text: `clock_${clock}`, values: { seconds: apart } },
  };
}

class Check {
  constructor(private readonly root: HTMLElement, private readonly url: string, private readonly say: Fill) {}

  async run(): Promise<void> {
    this.verdict("");
    const browser = browserFound();
    this.show("browser", browser);
    const storage = await storageFound();
    this.show("storage", storage);
    const { network, clock } = await lineFound(this.url);
    this.show("network", network);
    this.show("clock", clock);
    const marks = { browser: browser.mark, storage: storage.mark, network: network.mark, clock: clock.mark };
    this.verdict(await this.tell(marks) ? (Object.values(marks).includes("bad") ? "unfit" : "fit") : "unsent");
  }

  private show(name: string, found: Found): void {
    const line = this.root.querySelector<HTMLElement>(`[data-check="${name}"]`);
    if (!line) return;
    line.dataset.found = found.mark;
    line.querySelector("[data-mark]")!.textContent = this.say(found.mark);
    line.querySelector(`[data-text-for="${name}"]`)!.textContent = this.say(found.text, found.values);
  }

  private verdict(text: string): void {
    const place = document.getElementById("device-verdict");
    if (place) place.textContent = text ? this.say(text) : "";
  }

  private async tell(marks: Record<string, Mark>): Promise<boolean> {
    const body = new URLSearchParams(marks);
    const headers = { "X-CSRFToken": this.root.dataset.csrf ?? "" };
    const answer = await fetch(this.url, { method: "POST", body, headers, credentials: "same-origin" }).catch(() => undefined);
    return answer?.ok === true;
  }
}

const root = document.getElementById("device");
const source = document.getElementById("device-config");
if (root && source?.textContent) {
  const check = new Check(root, (JSON.parse(source.textContent) as { url: string }).url, textsOf(root));
  document.getElementById("device-again")?.addEventListener("click", () => void check.run());
  void check.run();
}
