// What lets the exam be opened again without network: the page in a cache of the service worker. No worker, no harm:
// the paper still lies in IndexedDB, and only a reload needs the network.
import { cacheName } from "../exam-worker/names.ts";
import type { Paper, Question } from "./messages.ts";
import { pieces } from "./rich.ts";

interface Keep {
  attempt: string;
  page: string;
  worker: string;
  paper: Paper;
}

/** The pictures of all questions, by the addresses they are shown from. */
export function picturesOf(paper: Paper, page: string): string[] {
  const found = new Set<string>();
  const read = (text: string): void => {
    for (const piece of pieces(text)) {
      if (piece.is === "picture") found.add(`${page}pictures/${piece.name}/`);
      if (piece.is === "table") for (const cell of piece.rows.flatMap((row) => row)) read(cell);
    }
  };
  const question = (one: Question): void => {
    for (const text of [one.stem, ...one.options.map((option) => option.text), ...(one.targets ?? []).map((target) => target.text)]) read(text);
    (one.parts ?? []).forEach(question);
  };
  paper.items.forEach(question);
  return Array.from(found);
}

/** The files this page is made of, as it names them. */
export function ownFiles(document: Document): string[] {
  const found = new Set<string>();
  for (const script of Array.from(document.querySelectorAll<HTMLScriptElement>("script[src]"))) found.add(script.src);
  for (const link of Array.from(document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]"))) found.add(link.href);
  for (const use of Array.from(document.querySelectorAll("use[href]"))) {
    found.add(new URL((use.getAttribute("href") ?? "").split("#")[0]!, document.baseURI).href);
  }
  return Array.from(found).filter((address) => address.startsWith(window.location.origin));
}

/** Registers the worker and tells it what to keep. */
export async function keepAtRest(keep: Keep): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || !("caches" in window)) return;
  try {
    await workers.register(keep.worker, { scope: "/sit/" });
    const registration = await workers.ready;
    registration.active?.postMessage({ keep: { attempt: keep.attempt, page: keep.page, files: [...ownFiles(document), ...picturesOf(keep.paper, keep.page)] } });
  } catch {
    // Refused by the browser: a reload without network then shows its own page, and the answers are still there after it.
  }
}

export async function forgetAtRest(attempt: string): Promise<void> {
  if ("caches" in window) await caches.delete(cacheName(attempt)).catch(() => false);
}
