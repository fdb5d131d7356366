// What lets the exam be opened again without network: the page in a cache of the service worker. No worker, no harm:
// the paper still lies in IndexedDB, and only a reload needs the network.
import { cacheName } from "../exam-worker/names.ts";

interface Keep {
  attempt: string;
  page: string;
  worker: string;
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
    registration.active?.postMessage({ keep: { attempt: keep.attempt, page: keep.page, files: ownFiles(document) } });
  } catch {
    // Refused by the browser: a reload without network then shows its own page, and the answers are still there after it.
  }
}

export async function forgetAtRest(attempt: string): Promise<void> {
  if ("caches" in window) await caches.delete(cacheName(attempt)).catch(() => false);
}
