import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { answerHash, covers, freshId, lastSeq, receiptMatches, sameAnswer, type OutboxEvent } from "../../frontend/src/exam/messages.ts";
import { sha256 } from "../../frontend/src/exam/sha256.ts";

const EVENT: OutboxEvent = { attempt: "a1", cid: "c1", epoch: 2, seq: 7, item: "i1", answer: ["b", "a"], ms: 0, mono: 0, receipt: "" };

function receipt(changes: object = {}): string {
  return JSON.stringify({ attempt: "a1", cid: "c1", epoch: 2, seq: 7, item: "i1", answer_sha256: answerHash(["a", "b"]), server_ts: "", late: false, ...changes });
}

test("sha256_equals_the_reference_for_every_length_around_a_block", () => {
  for (let length = 0; length < 200; length++) {
    const text = "安全a".repeat(70).slice(0, length);
    assert.equal(sha256(text), createHash("sha256").update(text).digest("hex"));
  }
});

test("answer_hash_is_of_the_sorted_compact_json", () => {
  assert.equal(answerHash(["b2", "a1"]), createHash("sha256").update('["a1","b2"]').digest("hex"));
  assert.equal(answerHash(null), createHash("sha256").update("null").digest("hex"));
  assert.equal(answerHash([]), answerHash(null));
});

test("receipt_of_exactly_this_event_is_accepted", () => {
  assert.equal(receiptMatches(receipt(), EVENT), true);
});

test("receipt_of_anything_else_is_no_confirmation", () => {
  const others = [{ attempt: "a2" }, { cid: "c2" }, { epoch: 1 }, { seq: 8 }, { item: "i2" }, { answer_sha256: answerHash(["a"]) }];
  assert.deepEqual(others.map((changes) => receiptMatches(receipt(changes), EVENT)), others.map(() => false));
  assert.deepEqual([null, "", "<html>", "null", "[]"].map((text) => receiptMatches(text, EVENT)), [false, false, false, false, false]);
});

test("have_ranges_tell_what_the_server_holds", () => {
  const have = { c1: [[1, 3], [7, 7]] as [number, number][] };
  assert.deepEqual([1, 3, 4, 7, 8].map((seq) => covers(have, "c1", seq)), [true, true, false, true, false]);
  assert.deepEqual([covers(have, "c2", 1), lastSeq(have, "c1"), lastSeq(have, "c2")], [false, 7, 0]);
});

test("answers_are_the_same_whatever_their_order", () => {
  assert.equal(sameAnswer(["a", "b"], ["b", "a"]), true);
  assert.equal(sameAnswer(undefined, null), true);
  assert.equal(sameAnswer(["a"], null), false);
});

test("fresh_ids_are_128_random_bits", () => {
  const ids = Array.from({ length: 50 }, freshId);
  assert.equal(new Set(ids).size, 50);
  assert.ok(ids.every((id) => /^[0-9a-f]{32}$/.test(id)));
});
