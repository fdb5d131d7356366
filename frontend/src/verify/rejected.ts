/** The files do not agree, or one of them is not what the protocol asks for. The message says which and where. */
export class Rejected extends Error {}

export function need(truth: unknown, sentence: string): void {
  if (!truth) throw new Rejected(sentence);
}
