// The service worker of the exam page, scope /sit/: a reload without network still shows the page that was loaded once.
// It answers two things and nothing else: the page itself (network first) and the files that the page is made of.
import { cacheName, isWorthKeeping, PREFIX } from "./names.ts";

interface Waiting {
  waitUntil(done: Promise<unknown>): void;
}
interface FetchAsked extends Waiting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Waiting {
  data: { keep?: { attempt: string; page: string; files: string[] } } | null;
}
interface WorkerScope {
  addEventListener(type: "install" | "activate", run: (event: Waiting) => void): void;
  addEventListener(type: "fetch", run: (event: FetchAsked) => void): void;
  addEventListener(type: "message", run: (event: Told) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const worker = self as unknown as WorkerScope;
/** A page that does not begin to arrive in this time is taken from the device; the exam then asks again by itself. */
const PATIENCE_MS = 8000;

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("message", (event) => {
  const keep = event.data?.keep;
  if (keep) event.waitUntil(keepPage(keep.attempt, keep.page, keep.files));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && /^\/sit\/(drill\/)?[0-9a-f]{32}\/$/.test(url.pathname)) event.respondWith(pageOf(request, url.pathname));
  else if (url.pathname.startsWith("/static/") || url.pathname.includes("/pictures/")) event.respondWith(fileOf(request));
});

async function pageOf(request: Request, path: string): Promise<Response> {
  const kept = await caches.match(path, { ignoreVary: true });
  if (!kept) return fetch(request);
  try {
    const answer = await Promise.race([fetch(request), silence()]);
    return answer.status >= 500 ? kept : answer;
  } catch {
    return kept;
  }
}

function silence(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), PATIENCE_MS));
}

async function fileOf(request: Request): Promise<Response> {
  // The network first: a deploy during the exam must not leave the new page with old files.
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true, ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

/** The page without a name, and its files. What was kept of other exams on this device goes. */
async function keepPage(attempt: string, page: string, files: string[]): Promise<void> {
  const own = cacheName(attempt);
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== own) await caches.delete(name);
  const answer = await fetch(`${page}?at_rest=1`, { credentials: "same-origin", cache: "no-store" });
  if (!isWorthKeeping(answer)) return;
  const cache = await caches.open(own);
  await cache.put(page, answer);
  await Promise.all(files.map((file) => cache.add(file).catch(() => undefined)));
}
