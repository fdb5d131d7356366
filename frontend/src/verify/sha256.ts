// SHA-256 (FIPS 180-4) for very many short texts with the same beginning: the tickets of a draw. Web Crypto answers each digest through
// a promise, which for a hundred thousand short texts takes a phone most of a minute; this takes about a second and is compared with
// Web Crypto on samples as it goes (protocol.ts).

const ROUND = new Uint32Array(64);
const START = new Uint32Array(8);
const SCHEDULE = new Int32Array(64);
export const WORDS = 8;

(function prepare(): void {
  const fraction = (root: number): number => (root - Math.floor(root)) * 0x100000000;
  let found = 0;
  for (let candidate = 2; found < 64; candidate += 1) {
    let prime = true;
    for (let factor = 2; factor * factor <= candidate; factor += 1) if (candidate % factor === 0) prime = false;
    if (!prime) continue;
    if (found < WORDS) START[found] = fraction(Math.sqrt(candidate));
    ROUND[found] = fraction(Math.cbrt(candidate));
    found += 1;
  }
})();

/** One block of 64 bytes into the state at `at`. */
function compress(state: Uint32Array, at: number, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < 16; i += 1) {
    const p = offset + i * 4;
    SCHEDULE[i] = (bytes[p]! << 24) | (bytes[p + 1]! << 16) | (bytes[p + 2]! << 8) | bytes[p + 3]!;
  }
  for (let i = 16; i < 64; i += 1) {
    const x = SCHEDULE[i - 15]!;
    const y = SCHEDULE[i - 2]!;
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    SCHEDULE[i] = (SCHEDULE[i - 16]! + s0 + SCHEDULE[i - 7]! + s1) | 0;
  }
  let a = state[at]! | 0;
  let b = state[at + 1]! | 0;
  let c = state[at + 2]! | 0;
  let d = state[at + 3]! | 0;
  let e = state[at + 4]! | 0;
  let f = state[at + 5]! | 0;
  let g = state[at + 6]! | 0;
  let h = state[at + 7]! | 0;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i]! + SCHEDULE[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[at] = state[at]! + a;
  state[at + 1] = state[at + 1]! + b;
  state[at + 2] = state[at + 2]! + c;
  state[at + 3] = state[at + 3]! + d;
  state[at + 4] = state[at + 4]! + e;
  state[at + 5] = state[at + 5]! + f;
  state[at + 6] = state[at + 6]! + g;
  state[at + 7] = state[at + 7]! + h;
}

/** The last one or two blocks of a message: its rest, the mark, zeros, and the length in bits. */
function closing(rest: Uint8Array, length: number): Uint8Array {
  const blocks = new Uint8Array(rest.length + 9 > 64 ? 128 : 64);
  blocks.set(rest);
  blocks[rest.length] = 0x80;
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 8, Math.floor(length / 0x20000000));
  view.setUint32(blocks.length - 4, (length << 3) >>> 0);
  return blocks;
}

/** Eight words of a state as 64 lower-case hexadecimal characters. */
export function hexOf(words: Uint32Array, at = 0): string {
  let hex = "";
  for (let i = at; i < at + WORDS; i += 1) hex += (words[i]! + 0x100000000).toString(16).slice(1);
  return hex;
}

/** SHA-256 of bytes, as hexadecimal text. */
export function digest(bytes: Uint8Array): string {
  const state = START.slice();
  const whole = bytes.length - (bytes.length % 64);
  for (let offset = 0; offset < whole; offset += 64) compress(state, 0, bytes, offset);
  const last = closing(bytes.subarray(whole), bytes.length);
  for (let offset = 0; offset < last.length; offset += 64) compress(state, 0, last, offset);
  return hexOf(state);
}

/** Writes the hash of one message into `target` at `at`. */
export type Write = (target: Uint32Array, at: number) => void;

/**
 * For messages that differ only in `bytes.subarray(vary)`: whole blocks before that are computed once. `bytes` is the message's own
 * memory; change it, then call the function.
 */
export function repeated(bytes: Uint8Array, vary: number): Write {
  const fixed = vary - (vary % 64);
  const begun = START.slice();
  for (let offset = 0; offset < fixed; offset += 64) compress(begun, 0, bytes, offset);
  const rest = bytes.subarray(fixed);
  const blocks = new Uint8Array(Math.ceil((rest.length + 9) / 64) * 64);
  const view = new DataView(blocks.buffer);
  view.setUint32(blocks.length - 4, bytes.length << 3);
  blocks[rest.length] = 0x80;
  return (target, at) => {
    blocks.set(rest);
    target.set(begun, at);
    for (let offset = 0; offset < blocks.length; offset += 64) compress(target, at, blocks, offset);
  };
}
