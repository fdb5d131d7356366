import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces, plainText } from "../../frontend/src/exam/rich.ts";

const NAME = "0123456789abcdef0123456789abcdef";

test("plain_text_is_one_piece", () => {
  assert.deepEqual(pieces("第一行\n第二行 a | b"), [{ is: "text", text: "第一行\n第二行 a | b" }]);
  assert.deepEqual(pieces(""), []);
});

test("picture_formula_and_table_stand_where_they_were", () => {
  assert.deepEqual(pieces(`看![标志](media:${NAME})与<math><mi>x</mi></math>\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n完`), [
    { is: "text", text: "看" },
    { is: "picture", name: NAME, alt: "标志" },
    { is: "text", text: "与" },
    { is: "formula", mathml: "<math><mi>x</mi></math>" },
    { is: "table", rows: [["甲", "乙"], ["1", "2"]], hasHead: true },
    { is: "text", text: "完" },
  ]);
});

test("foreign_addresses_and_single_bars_stay_text", () => {
  const text = "![x](http://x/a.png) |y|\n|只有一行|";
  assert.deepEqual(pieces(text), [{ is: "text", text }]);
});

test("plain_text_reads_formulas_and_tables_as_characters", () => {
  assert.equal(plainText(`![图](media:${NAME}) <math><mn>2</mn></math>\n| a | b |\n| c | d |`), "[图] 2a b c d");
});
