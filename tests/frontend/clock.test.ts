import assert from "node:assert/strict";
import { test } from "node:test";
import { crossedThreshold, formatSeconds, JumpWatch, ServerClock, shownSeconds } from "../../frontend/src/exam/clock.ts";

const NOON = "2026-11-23T04:00:00.000Z";
const ONE = "2026-11-23T05:00:00.000Z";

test("clock_before_first_answer_knows_nothing", () => {
  const clock = new ServerClock(() => 0);
  assert.deepEqual([clock.now(), clock.remaining()], [undefined, undefined]);
});

test("clock_takes_half_the_round_trip_and_runs_on_monotonic_time", () => {
  let mono = 1000;
  const clock = new ServerClock(() => mono);
  clock.sync(NOON, ONE, 800);
  assert.equal(clock.remaining(), 3_600_000 - 100);
  mono += 60_000;
  assert.equal(clock.remaining(), 3_540_000 - 100);
});

test("clock_after_deadline_stays_at_zero", () => {
  let mono = 0;
  const clock = new ServerClock(() => mono);
  clock.sync(NOON, ONE, 0);
  mono = 4_000_000;
  assert.equal(clock.remaining(), 0);
});

test("clock_slow_answer_keeps_time_but_takes_extension", () => {
  let mono = 100;
  const clock = new ServerClock(() => mono);
  clock.sync(NOON, ONE, 100);
  mono = 9100;
  clock.sync("2026-11-23T04:00:09.000Z", "2026-11-23T05:10:00.000Z", 100);
  assert.equal(clock.now(), Date.parse("2026-11-23T04:00:09.000Z"));
  assert.equal(clock.remaining(), 4_200_000 - 9000);
});

test("clock_distrusted_takes_the_next_answer_however_slow", () => {
  let mono = 100;
  const clock = new ServerClock(() => mono);
  clock.sync(NOON, ONE, 100);
  // The device slept twenty minutes and its monotonic clock stood still.
  mono = 1100;
  clock.distrust();
  clock.sync("2026-11-23T04:20:00.000Z", ONE, 300);
  assert.equal(clock.now(), Date.parse("2026-11-23T04:20:00.400Z"));
});

test("clock_senseless_times_change_nothing", () => {
  const clock = new ServerClock(() => 0);
  clock.sync("soon", ONE, 0);
  clock.sync(NOON, "", 0);
  assert.equal(clock.now(), undefined);
});

test("seconds_shown_reach_zero_only_when_nothing_is_left", () => {
  assert.deepEqual([1, 999, 1000, 1001, 0].map(shownSeconds), [1, 1, 1, 2, 0]);
  assert.deepEqual([0, 65, 3599, 3600, 3725].map(formatSeconds), ["00:00", "01:05", "59:59", "1:00:00", "1:02:05"]);
});

test("threshold_is_told_once_and_the_lowest_after_sleep", () => {
  assert.deepEqual(
    [[901, 900], [900, 899], [301, 299], [2000, 59], [61, 60], [5, 0]].map(([before, after]) => crossedThreshold(before!, after!)),
    [900, undefined, 300, 60, 60, undefined],
  );
});

test("jump_watch_sees_sleep_and_changed_clock_once", () => {
  let mono = 0;
  let wall = 1_000_000;
  const watch = new JumpWatch(() => mono, () => wall);
  mono += 500; wall += 510;
  assert.equal(watch.jumped(), false);
  mono += 500; wall += 3_600_000;
  assert.equal(watch.jumped(), true);
  mono += 500; wall += 500;
  assert.equal(watch.jumped(), false);
  mono += 500; wall -= 3_600_000;
  assert.equal(watch.jumped(), true);
});
