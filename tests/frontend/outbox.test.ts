import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf, numbersIn } from "../../frontend/src/exam/api.ts";
import { answerHash, type EventResult, type OutboxEvent, type Saved } from "../../frontend/src/exam/messages.ts";
import { backOff, MOST_BYTES, nextBatch, Outbox, rescueFile, wire, type Batch, type News } from "../../frontend/src/exam/outbox.ts";
import { MemoryStore } from "../../frontend/src/exam/store.ts";

function receiptOf(attempt: string, batch: Batch, event: OutboxEvent): string {
  return JSON.stringify({ attempt, cid: batch.cid, epoch: batch.epoch, seq: event.seq, item: event.item, answer_sha256: answerHash(event.answer), server_ts: "2026-11-23T02:31:07.000Z", late: false });
}

function saved(receipts: EventResult[]): Saved {
  return { receipts, server_now: "", deadline: "", state: "open" };
}

function stored(batch: Batch): Saved {
  return saved(batch.events.map((event) => ({ seq: event.seq, status: "stored", receipt: receiptOf("a1", batch, event) })));
}

/** An outbox in a world whose network and timers the test holds in its hands. */
function world(answer: (batch: Batch, flight: number) => Saved | Promise<Saved> = stored, store = new MemoryStore()) {
  const flights: Batch[] = [];
  const news: News[] = [];
  const timers: { run: () => void; milliseconds: number }[] = [];
  const outbox = new Outbox("a1", {
    store, mono: () => 1, wall: () => 2, random: () => 0,
    send: async (batch) => {
      flights.push({ ...batch, events: [...batch.events] });
      return answer(batch, flights.length);
    },
    tell: (item) => news.push(item),
    later: (run, milliseconds) => {
      const timer = { run, milliseconds };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  });
  return { outbox, flights, news, timers, store };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("answer_is_kept_before_it_is_sent_and_then_acknowledged", async () => {
  const { outbox, news, store } = world();
  outbox.begin("c1", 1, {});
  assert.equal(outbox.add("i1", ["o1"]), 1);
  await settled();
  const order = news.map(({ type }) => type).filter((type) => type !== "pending" && type !== "sent");
  assert.deepEqual(order, ["kept", "acknowledged"]);
  assert.equal(outbox.waiting.length, 0);
  assert.ok((await store.events("a1"))[0]!.receipt !== "");
});

test("numbers_go_on_after_what_server_and_device_know", async () => {
  const store = new MemoryStore();
  await store.put({ attempt: "a1", cid: "c1", epoch: 1, seq: 5, item: "i1", answer: null, ms: 0, mono: 0, receipt: "" });
  const { outbox } = world(stored, store);
  await outbox.load();
  outbox.begin("c1", 1, { c1: [[1, 4]] });
  assert.equal(outbox.add("i2", ["o1"]), 6);
  const other = world();
  other.outbox.begin("c1", 1, { c1: [[1, 9]] });
  assert.equal(other.outbox.add("i2", null), 10);
});

test("only_one_flight_at_a_time_and_the_rest_follows_together", async () => {
  let land: (value: Saved) => void = () => undefined;
  const { outbox, flights } = world((batch, flight) => (flight === 1 ? new Promise((resolve) => (land = () => resolve(stored(batch)))) : stored(batch)));
  outbox.begin("c1", 1, {});
  outbox.add("i1", ["o1"]);
  await settled();
  outbox.add("i2", ["o1"]);
  outbox.add("i3", ["o1"]);
  outbox.wake();
  await settled();
  assert.equal(flights.length, 1);
  land(saved([]));
  await settled();
  assert.deepEqual(flights.map((batch) => batch.events.map((event) => event.seq)), [[1], [2, 3]]);
});

test("failure_keeps_everything_and_tries_again_without_end", async () => {
  const { outbox, flights, timers, news } = world((batch, flight) => {
    if (flight <= 30) throw new Error("no network");
    return stored(batch);
  });
  outbox.begin("c1", 1, {});
  outbox.add("i1", ["o1"]);
  await settled();
  const waits: number[] = [];
  while (timers.length > 0) {
    const timer = timers.shift()!;
    waits.push(timer.milliseconds);
    timer.run();
    await settled();
  }
  assert.deepEqual(waits.slice(0, 6), [1000, 2000, 4000, 8000, 15000, 15000]);
  assert.equal(flights.length, 31);
  assert.equal(outbox.waiting.length, 0);
  assert.equal(news.filter(({ type }) => type === "acknowledged").length, 1);
});

test("back_off_is_spread_by_chance_but_never_longer_than_fifteen_seconds", () => {
  assert.deepEqual([backOff(1, 0), backOff(1, 0.999), backOff(100, 0), backOff(100, 0.5)], [1000, 500, 15000, 11250]);
});

test("foreign_receipt_settles_nothing", async () => {
  const { outbox, timers } = world((batch) => saved(batch.events.map((event) => ({ seq: event.seq, status: "stored", receipt: receiptOf("somebody else", batch, event) }))));
  outbox.begin("c1", 1, {});
  outbox.add("i1", ["o1"]);
  await settled();
  assert.deepEqual([outbox.waiting.length, timers.length], [1, 1]);
});

test("partly_lost_answer_sends_only_the_rest_again", async () => {
  const { outbox, flights } = world((batch, flight) => (flight === 1 ? saved(stored(batch).receipts.slice(0, 1)) : stored(batch)));
  outbox.begin("c1", 1, {});
  outbox.stop();
  outbox.add("i1", ["o1"]);
  outbox.add("i2", ["o1"]);
  await settled();
  outbox.begin("c1", 1, {});
  await settled();
  assert.deepEqual(flights.map((batch) => batch.events.map((event) => event.seq)), [[1, 2], [2]]);
});

test("restored_server_gets_again_what_it_lacks", async () => {
  const { outbox, flights } = world();
  outbox.begin("c1", 1, {});
  outbox.add("i1", ["o1"]);
  outbox.add("i2", ["o1"]);
  await settled();
  outbox.heal({ c1: [[1, 1]] });
  await settled();
  assert.deepEqual(flights[flights.length - 1]!.events.map((event) => event.seq), [2]);
  assert.equal(outbox.waiting.length, 0);
});

test("answer_that_a_restore_took_comes_again_with_the_receipt_it_was_given", async () => {
  const { outbox, flights } = world();
  outbox.begin("c1", 1, {});
  outbox.add("i1", ["o1"]);
  await settled();
  const given = outbox.events[0]!.receipt;
  assert.deepEqual(Object.keys(wire(outbox.events[0]!)), ["seq", "item", "answer", "ms", "mono"]);
  outbox.heal({});
  await settled();
  assert.equal((wire(flights[1]!.events[0]!) as { receipt?: string }).receipt, given);
});

test("lease_lost_in_a_restore_keeps_the_answer_waiting_until_there_is_another", async () => {
  const { outbox, flights, news } = world((batch, flight) =>
    flight === 1 ? saved(batch.events.map((event) => ({ seq: event.seq, status: "conflict", receipt: null, code: "lease_unknown" }))) : stored(batch));
  outbox.begin("c1", 2, {});
  outbox.add("i1", ["o1"]);
  await settled();
  assert.deepEqual([outbox.waiting.length, news.filter(({ type }) => type === "conflict").length], [1, 1]);
  outbox.begin("c1", 1, {});
  await settled();
  assert.deepEqual([flights[1]!.epoch, outbox.waiting.length], [1, 0]);
});

test("missing_numbers_are_sent_again_and_a_hole_is_filled_with_the_newer_answer", async () => {
  const { outbox, flights } = world();
  outbox.begin("c1", 1, { c1: [[1, 2]] });
  outbox.add("i1", ["o1"]);
  await settled();
  outbox.resend([1, 3]);
  await settled();
  const again = flights.slice(1).flatMap((batch) => batch.events);
  assert.deepEqual(again.map(({ seq, item, answer }) => ({ seq, item, answer })), [{ seq: 1, item: "i1", answer: ["o1"] }, { seq: 3, item: "i1", answer: ["o1"] }]);
});

test("conflict_is_told_and_not_sent_for_ever", async () => {
  const { outbox, flights, news } = world((batch) => saved(batch.events.map((event) => ({ seq: event.seq, status: "conflict", receipt: null, code: "seq_reused" }))));
  outbox.begin("c1", 1, {});
  outbox.add("i1", ["o1"]);
  await settled();
  assert.deepEqual([flights.length, outbox.waiting.length], [1, 0]);
  assert.deepEqual(news.find(({ type }) => type === "conflict"), { type: "conflict", item: "i1", seq: 1, code: "seq_reused" });
});

test("events_of_an_earlier_lease_travel_under_that_lease", async () => {
  const store = new MemoryStore();
  await store.put({ attempt: "a1", cid: "c0", epoch: 1, seq: 1, item: "i1", answer: ["o1"], ms: 0, mono: 0, receipt: "" });
  const { outbox, flights } = world(stored, store);
  await outbox.load();
  outbox.begin("c1", 2, {});
  outbox.add("i2", ["o2"]);
  await settled();
  assert.deepEqual(flights.map(({ epoch, cid }) => [epoch, cid]), [[1, "c0"], [2, "c1"]]);
});

test("full_disk_is_told_and_the_answer_still_travels", async () => {
  const store = new MemoryStore();
  store.put = async () => {
    throw new Error("QuotaExceededError");
  };
  const { outbox, news } = world(stored, store);
  outbox.begin("c1", 1, {});
  outbox.add("i1", ["o1"]);
  await settled();
  const types = news.map(({ type }) => type);
  assert.deepEqual([types.includes("not_kept"), types.includes("acknowledged")], [true, true]);
});

test("stopped_outbox_sends_nothing", async () => {
  const { outbox, flights } = world();
  outbox.begin("c1", 1, {});
  outbox.stop();
  outbox.add("i1", ["o1"]);
  outbox.wake();
  await settled();
  assert.deepEqual([flights.length, outbox.lastBreath()], [0, undefined]);
});

test("batch_stays_within_fifty_events_and_48_kilobytes", () => {
  const event = (seq: number, size: number): OutboxEvent => ({ attempt: "a1", cid: "c1", epoch: 1, seq, item: "i1", answer: ["x".repeat(size)], ms: 0, mono: 0, receipt: "" });
  const many = Array.from({ length: 120 }, (_, index) => event(index + 1, 10));
  assert.equal(nextBatch(many)!.events.length, 50);
  const large = Array.from({ length: 10 }, (_, index) => event(index + 1, 10_000));
  const batch = nextBatch(large)!;
  assert.equal(batch.events.length, 4);
  assert.ok(JSON.stringify({ epoch: 1, cid: "c".repeat(32), events: batch.events.map(wire) }).length <= MOST_BYTES);
  assert.equal(nextBatch([]), undefined);
});

test("rescue_file_carries_every_event_and_no_name", () => {
  const event: OutboxEvent = { attempt: "a1", cid: "c1", epoch: 1, seq: 1, item: "i1", answer: ["o1"], ms: 5, mono: 6, receipt: "" };
  assert.deepEqual(JSON.parse(rescueFile("a1", [event])), {
    format: "CHOUKAO-RESCUE/1", attempt: "a1", events: [{ cid: "c1", epoch: 1, seq: 1, item: "i1", answer: ["o1"], ms: 5, mono: 6, receipt: "" }],
  });
});

test("answers_of_the_server_are_sorted_into_four_kinds_of_failure", () => {
  assert.deepEqual([401, 404, 403, 409, 413, 422, 429, 500, 503].map((status) => failureOf(status, {}).kind), [
    "signed_out", "signed_out", "refused", "refused", "refused", "refused", "server", "server", "server",
  ]);
});

test("missing_numbers_are_read_from_a_list_or_its_text", () => {
  assert.deepEqual([numbersIn([3, 4]), numbersIn("[3, 4]"), numbersIn(undefined)], [[3, 4], [3, 4], []]);
});
