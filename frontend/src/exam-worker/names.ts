/** One cache for each exam on this device; the page deletes it after the final receipt. */
export const PREFIX = "choukao-sit-";

export function cacheName(attempt: string): string {
  return PREFIX + attempt;
}

/** A sign-in page that the server led us to, or an error, is not the exam. */
export function isWorthKeeping(answer: { ok: boolean; redirected: boolean }): boolean {
  return answer.ok && !answer.redirected;
}
