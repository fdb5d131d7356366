import assert from "node:assert/strict";
import { test } from "node:test";
import { isWorthKeeping } from "../../frontend/src/exam-worker/names.ts";
import { ServerClock } from "../../frontend/src/exam/clock.ts";
import { Notices } from "../../frontend/src/exam/notice.ts";
import { INITIAL, reduce } from "../../frontend/src/exam/state.ts";
import { valuesOf, withPlace, withTick } from "../../frontend/src/exam/places.ts";

test("a_place_is_filled_changed_and_emptied", () => {
  const filled = withPlace(null, "2", "配电箱");
  assert.deepEqual(withPlace(filled, "1", "a=b"), ["1=a=b", "2=配电箱"]);
  assert.deepEqual(valuesOf(["1=a=b", "2=配电箱"]), { 1: "a=b", 2: "配电箱" });
  assert.deepEqual(withPlace(["1=x", "2=y"], "1", "  "), ["2=y"]);
  assert.equal(withPlace(["1=x"], "1", ""), null);
});

test("an_order_holds_each_entry_once", () => {
  assert.deepEqual(withPlace(["1=aa", "2=bb"], "1", "bb", ["1", "2", "3"]), ["1=bb"]);
});

test("ticks_of_a_part_stand_beside_each_other", () => {
  const two = withTick(withTick(["p1.1=x"], "p2", "bb", true), "p2", "aa", true);
  assert.deepEqual(two, ["p1.1=x", "p2=aa", "p2=bb"]);
  assert.deepEqual(withTick(two, "p2", "aa", false), ["p1.1=x", "p2=bb"]);
  assert.equal(withTick(["p2=aa"], "p2", "aa", false), null);
});

test("an_estimated_time_gives_way_to_the_first_answer_however_slow", () => {
  let now = 1000;
  const clock = new ServerClock(() => now);
  clock.estimate(Date.parse("2026-11-23T01:00:00Z"), "2026-11-23T01:10:00Z");
  assert.deepEqual([clock.estimated, clock.remaining()], [true, 600_000]);
  now = 61_000;
  clock.sync("2026-11-23T01:05:00Z", "2026-11-23T01:10:00Z", 1000);
  assert.deepEqual([clock.estimated, clock.remaining()], [false, 270_000]);
  clock.estimate(0, "2026-11-23T01:10:00Z");
  assert.equal(clock.estimated, false);
});

test("leaving_the_page_is_noticed_once_with_its_length_and_item", () => {
  let now = 0;
  let item = "aa";
  const notices = new Notices(() => now, () => 5000 + now, () => item);
  notices.count();
  now = 10_000;
  notices.left("blur");
  notices.left("hidden");
  now = 17_400;
  item = "bb";
  notices.cameBack();
  notices.cameBack();
  const taken = notices.take();
  assert.deepEqual(taken, [{ kind: "hidden", seconds: 7, item: "aa", at: 15_000 }]);
  assert.deepEqual(notices.take(), []);
  notices.undo(taken);
  assert.equal(notices.take().length, 1);
  now = 20_400;
  assert.deepEqual(notices.dwell(), { aa: 10, bb: 3 });
});

test("looking_moves_the_place_and_together_is_remembered", () => {
  const paper = { paper: "p", title: "", total: "", pass: "", minutes: 1, rule: "", items: ["a", "b"].map((id, at) => ({ id, number: at + 1, section: "", kind: "", mark: "", input: "radio" as const, stem: "", options: [] })) };
  let state = reduce(INITIAL, { type: "opened", paper, answers: {}, unsent: [] });
  state = reduce(state, { type: "together", on: true });
  state = reduce(state, { type: "looked", at: 1 });
  assert.deepEqual([state.together, state.current], [true, 1]);
  assert.equal(reduce(state, { type: "looked", at: 2 }), state);
  assert.equal(reduce(INITIAL, { type: "remembered", flags: [], fontSize: 0, current: 0, durable: true, together: true }).together, true);
});

test("only_the_page_itself_is_kept_on_the_device", () => {
  assert.deepEqual([isWorthKeeping({ ok: true, redirected: false }), isWorthKeeping({ ok: true, redirected: true }), isWorthKeeping({ ok: false, redirected: false })], [true, false, false]);
});
