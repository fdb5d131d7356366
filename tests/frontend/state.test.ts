import assert from "node:assert/strict";
import { test } from "node:test";
import type { Item, Paper } from "../../frontend/src/exam/messages.ts";
import { answerAfter, countOf, INITIAL, markOf, mayAnswer, reduce, saveLine, type Happening, type State } from "../../frontend/src/exam/state.ts";
import { sections } from "../../frontend/src/exam/view.ts";

function item(id: string, input: "radio" | "checkbox" = "radio", section = "单选题"): Item {
  return { id, number: Number(id.slice(1)), section, kind: "", input, stem: "?", mark: "1", options: [{ id: "o1", label: "A", text: "" }, { id: "o2", label: "B", text: "" }] };
}

const PAPER: Paper = { paper: "f".repeat(64), title: "", total: "3", pass: "2", minutes: 60, rule: "", items: [item("i1"), item("i2"), item("i3", "checkbox")] };

function after(...events: Happening[]): State {
  const opening: Happening = { type: "opened", paper: PAPER, answers: { i1: ["o1"] }, unsent: [] };
  return [opening, ...events].reduce(reduce, INITIAL);
}

test("opened_shows_what_the_server_has_as_saved", () => {
  const state = after();
  assert.deepEqual([state.phase, markOf(state, "i1").status, markOf(state, "i2").status], ["writing", "saved", "empty"]);
});

test("opened_with_unsent_answer_prefers_the_device", () => {
  const state = reduce(INITIAL, { type: "opened", paper: PAPER, answers: { i1: ["o1"] }, unsent: [{ item: "i1", answer: ["o2"], seq: 4 }] });
  assert.deepEqual([state.answers.i1, markOf(state, "i1")], [["o2"], { status: "kept", seq: 4, at: "" }]);
});

test("answer_goes_typing_kept_saved", () => {
  const events: Happening[] = [
    { type: "chosen", item: "i2", answer: ["o1"], seq: 1 },
    { type: "kept", item: "i2", seq: 1 },
    { type: "acknowledged", item: "i2", seq: 1, late: false, at: "10:31:07" },
  ];
  const seen = events.map((_, count) => markOf(after(...events.slice(0, count + 1)), "i2").status);
  assert.deepEqual(seen, ["typing", "kept", "saved"]);
  assert.equal(after(...events).lastSaved, "10:31:07");
});

test("confirmation_of_an_older_answer_does_not_confirm_the_newer", () => {
  const state = after(
    { type: "chosen", item: "i2", answer: ["o1"], seq: 1 },
    { type: "chosen", item: "i2", answer: ["o2"], seq: 2 },
    { type: "kept", item: "i2", seq: 1 },
    { type: "acknowledged", item: "i2", seq: 1, late: false, at: "10:31:07" },
  );
  assert.equal(markOf(state, "i2").status, "typing");
});

test("cleared_answer_once_acknowledged_is_empty", () => {
  const state = after({ type: "chosen", item: "i1", answer: null, seq: 1 }, { type: "acknowledged", item: "i1", seq: 1, late: false, at: "10:00:00" });
  assert.deepEqual([markOf(state, "i1").status, countOf(state).answered], ["empty", 0]);
});

test("late_answer_is_called_late", () => {
  const state = after({ type: "chosen", item: "i1", answer: ["o2"], seq: 1 }, { type: "acknowledged", item: "i1", seq: 1, late: true, at: "10:00:00" });
  assert.equal(markOf(state, "i1").status, "late");
});

test("save_line_says_where_the_answers_are", () => {
  const words = [
    reduce(INITIAL, { type: "opened", paper: PAPER, answers: {}, unsent: [] }),
    after(),
    after({ type: "pending", count: 1 }),
    after({ type: "pending", count: 2 }, { type: "failed", tries: 1 }),
    after({ type: "remembered", flags: [], fontSize: 0, current: 0, durable: false }, { type: "pending", count: 2 }),
    after({ type: "acknowledged", item: "i1", seq: 1, late: false, at: "10:00:00" }),
  ].map((state) => saveLine(state).word);
  assert.deepEqual(words, ["nothing", "all_saved", "sending", "kept", "memory", "saved"]);
});

test("only_a_writing_page_takes_answers", () => {
  const phases: Happening[] = [{ type: "held", message: "" }, { type: "hand_in" }, { type: "closed" }, { type: "finished", receipt: "{}", doneUrl: "/" }, { type: "refused", message: "" }];
  assert.deepEqual(phases.map((event) => mayAnswer(after(event))), [false, false, false, false, false]);
  assert.equal(mayAnswer(after()), true);
});

test("extension_reopens_a_closed_page_but_not_a_finished_one", () => {
  assert.equal(after({ type: "closed" }, { type: "reopened" }).phase, "writing");
  assert.equal(after({ type: "finished", receipt: "{}", doneUrl: "/" }, { type: "closed" }, { type: "reopened" }).phase, "finished");
});

test("hand_in_can_be_taken_back_until_it_is_done", () => {
  assert.deepEqual([after({ type: "hand_in" }, { type: "hand_in_cancelled" }).phase, after({ type: "closed" }, { type: "hand_in_cancelled" }).phase], ["writing", "closed"]);
});

test("moving_outside_the_paper_changes_nothing", () => {
  assert.deepEqual([-1, 3, 2].map((to) => after({ type: "moved", to }).current), [0, 0, 2]);
});

test("sign_in_is_asked_until_something_arrives", () => {
  assert.equal(after({ type: "signed_out" }).signedOut, true);
  const back = after({ type: "signed_out" }, { type: "sign_in_put_off", putOff: true }, { type: "delivered" });
  assert.deepEqual([back.signedOut, back.signInPutOff], [false, false]);
});

test("radio_replaces_and_checkbox_toggles", () => {
  const [radio, , box] = PAPER.items as [Item, Item, Item];
  assert.deepEqual(answerAfter(radio, ["o1"], "o2", true), ["o2"]);
  assert.deepEqual(answerAfter(box, ["o2"], "o1", true), ["o1", "o2"]);
  assert.deepEqual(answerAfter(box, ["o1"], "o1", false), null);
});

test("flags_toggle_and_are_counted", () => {
  const flagged = after({ type: "flagged", item: "i2" });
  assert.deepEqual([countOf(flagged).flagged.map(({ id }) => id), after({ type: "flagged", item: "i2" }, { type: "flagged", item: "i2" }).flags], [["i2"], []]);
});

test("card_has_sections_only_where_kinds_are_together", () => {
  const together = [item("i1"), item("i2"), item("i3", "checkbox", "多选题")];
  const mixed = [item("i1"), item("i2", "checkbox", "多选题"), item("i3")];
  assert.deepEqual(sections(together).map(([name, items]) => [name, items.length]), [["单选题", 2], ["多选题", 1]]);
  assert.deepEqual(sections(mixed).map(([name, items]) => [name, items.length]), [["", 3]]);
});
