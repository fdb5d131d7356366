import { strict as assert } from "node:assert";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { digest, hexOf, repeated, WORDS } from "../../../frontend/src/verify/sha256.ts";

const known = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 151 + length) % 256);

test("the digest of every length up to four blocks equals node's", () => {
  for (let length = 0; length <= 260; length += 1) assert.equal(digest(bytesOf(length)), known(bytesOf(length)), `${length} bytes`);
});

test("the digest of a megabyte equals node's", () => {
  assert.equal(digest(bytesOf(1_000_003)), known(bytesOf(1_000_003)));
});

test("messages with the same beginning are hashed one after the other, wherever the varying part begins", () => {
  const words = new Uint32Array(3 * WORDS);
  for (const [length, vary] of [[138, 72], [10, 0], [64, 63], [119, 64], [120, 64], [200, 128]] as const) {
    const message = bytesOf(length);
    const write = repeated(message, vary);
    for (let turn = 0; turn < 3; turn += 1) {
      for (let at = vary; at < length; at += 1) message[at] = (message[at]! + 1 + turn) % 256;
      write(words, turn * WORDS);
      assert.equal(hexOf(words, turn * WORDS), known(message), `${length} bytes from ${vary}`);
    }
  }
});
