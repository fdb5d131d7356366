// Answers with several places: an ascending list of `place=value` entries without empty values.
import type { Answer } from "./messages.ts";

/** Place → value; of several values in one place the last. */
export function valuesOf(answer: Answer): Record<string, string> {
  const values: Record<string, string> = {};
  for (const entry of answer ?? []) {
    const at = entry.indexOf("=");
    if (at > 0) values[entry.slice(0, at)] = entry.slice(at + 1);
  }
  return values;
}

/** The answer with one place filled or emptied; in a `group` of places no value stands twice. */
export function withPlace(answer: Answer, place: string, value: string, group: string[] = []): Answer {
  const kept = (answer ?? []).filter((entry) => {
    const at = entry.indexOf("=");
    const own = entry.slice(0, at);
    return own !== place && !(group.includes(own) && entry.slice(at + 1) === value);
  });
  const after = value.trim() ? [...kept, `${place}=${value}`] : kept;
  return after.length > 0 ? after.sort() : null;
}

/** The answer with one tick of a place set or taken away. */
export function withTick(answer: Answer, place: string, value: string, on: boolean): Answer {
  const entry = `${place}=${value}`;
  const kept = (answer ?? []).filter((one) => one !== entry);
  const after = on ? [...kept, entry] : kept;
  return after.length > 0 ? after.sort() : null;
}
