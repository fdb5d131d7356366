import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
// @ts-expect-error The build's own script has no types.
import { usedNames, withoutUnused } from "../../frontend/css.mjs";
import { grouped } from "../../frontend/src/behaviours/hash.ts";
import { fits } from "../../frontend/src/behaviours/tables.ts";
import { fileSize } from "../../frontend/src/behaviours/upload.ts";
import { chartOption } from "../../frontend/src/chart/option.ts";
import { fill, TEXT_KEYS } from "../../frontend/src/exam/texts.ts";

declare const PROJECT_ROOT: string;

function templates(folder = join(PROJECT_ROOT, "templates")): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? templates(path) : entry.name.endsWith(".html") ? [path] : [];
  });
}

test("exam_page_holds_every_sentence_the_client_says_and_no_other", () => {
  const page = readFileSync(join(PROJECT_ROOT, "templates/exams/sitting.html"), "utf8");
  const held = Array.from(page.matchAll(/data-text="(\w+)"/g), (match) => match[1]!);
  assert.deepEqual([...held].sort(), [...TEXT_KEYS].sort());
});

test("exam_page_holds_every_part_the_view_looks_for", () => {
  const page = readFileSync(join(PROJECT_ROOT, "templates/exams/sitting.html"), "utf8");
  const view = readFileSync(join(PROJECT_ROOT, "frontend/src/exam/view.ts"), "utf8");
  const wanted = Array.from(view.matchAll(/(?:part(?:<\w+>)?|\bon)\("([a-z-]+)"/g), (match) => match[1]!);
  assert.ok(wanted.length > 20);
  assert.deepEqual(wanted.filter((id) => !page.includes(`id="${id}"`)), []);
});

test("every_icon_that_a_template_names_exists_in_the_set", () => {
  const icons = join(PROJECT_ROOT, "frontend/node_modules/bootstrap-icons/icons");
  const missing = templates().flatMap((path) => {
    const named = readFileSync(path, "utf8").matchAll(/icon(?:\.html" with name)?="([\w-]+)"/g);
    return Array.from(named, (match) => match[1]!).filter((name) => !existsSync(join(icons, `${name}.svg`))).map((name) => `${path}: ${name}`);
  });
  assert.deepEqual(missing, []);
});

test("no_template_carries_inline_style_or_script", () => {
  const found = templates().filter((path) => {
    const text = readFileSync(path, "utf8");
    return /\sstyle="|<style|\son[a-z]+="|<script(?![^>]*\b(?:src=|type="application\/json"))[^>]*>/.test(text) && !path.includes("/pdf/");
  });
  assert.deepEqual(found, []);
});

test("every_component_that_a_template_includes_exists", () => {
  const missing = templates().flatMap((path) =>
    Array.from(readFileSync(path, "utf8").matchAll(/"(components\/[\w/]+\.html)"/g), (match) => match[1]!).filter((name) => !existsSync(join(PROJECT_ROOT, "templates", name))),
  );
  assert.deepEqual(missing, []);
});

test("unused_rules_keyframes_and_properties_leave_the_sheet", () => {
  const css = `:root{--a:1;--b:var(--a);--c:2} .kept{color:var(--c)} .gone{color:var(--b)} .kept .gone,.kept p{x:1} @keyframes turn{} .kept:not(.gone){y:2}`;
  const kept = withoutUnused(css, usedNames(['<p class="kept">'])).replace(/\s+/g, "");
  assert.equal(kept, ":root{--c:2}.kept{color:var(--c)}.keptp{x:1}.kept:not(.gone){y:2}");
});

test("sentences_are_filled_and_unknown_places_stay_visible", () => {
  assert.equal(fill("第 {number} 题 {other}", { number: 3 }), "第 3 题 {other}");
});

test("hash_is_grouped_by_eight", () => {
  assert.deepEqual(grouped(" 0123456789abcdef01 "), ["01234567", "89abcdef", "01"]);
});

test("file_sizes_read_as_in_a_file_list", () => {
  assert.deepEqual([0, 1023, 1536, 5 * 1024 * 1024].map(fileSize), ["0 B", "1023 B", "1.5 KB", "5.0 MB"]);
});

test("suppressed_value_leaves_a_gap_in_the_chart", () => {
  const option = chartOption({ kind: "bar", category_label: "", series: ["合格率"], rows: [["一季度", "90.8"], ["二季度", null]] }, 800) as { series: { data: unknown }[] };
  assert.deepEqual(option.series[0]!.data, [90.8, null]);
});

test("table_that_is_a_rounding_error_too_wide_still_fits", () => {
  assert.deepEqual([fits(800, 800), fits(801, 800), fits(802, 800)], [true, true, false]);
});
