export type Mark = "ok" | "warn" | "bad";

/** An answer is a kilobyte, a paper a hundred; below this a browser begins to throw things away. */
const LEAST_BYTES = 20 * 1024 * 1024;
const SLOW_MS = 800;
/** The exam does not use the device's clock; further off than this its owner should know. */
const MOST_SECONDS_APART = 120;

export function storageMark(durable: boolean, left: number | undefined): Mark {
  if (!durable) return "bad";
  return left !== undefined && left < LEAST_BYTES ? "warn" : "ok";
}

export function networkMark(milliseconds: number): Mark {
  return milliseconds > SLOW_MS ? "warn" : "ok";
}

export function clockMark(secondsApart: number): Mark {
  return secondsApart > MOST_SECONDS_APART ? "warn" : "ok";
}
