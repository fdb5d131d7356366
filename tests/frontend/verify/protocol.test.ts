import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { canonicalJson, Rejected, sha256, verify, type Files } from "../../../frontend/src/verify/protocol.ts";

declare const PROJECT_ROOT: string;

const folder = join(PROJECT_ROOT, "tests", "vectors", "draw-1");
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));
const vector = (): Files => ({ plan: read("plan.json"), roster: read("roster.csv"), sources: read("sources.txt"), result: read("result.csv") });
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Record<string, unknown>;

test("the vector is accepted with its seed and its ticket", async () => {
  const outcome = await verify(vector());
  const person = expected.person_1 as { pid: string };
  assert.equal(outcome.seed, expected.seed);
  assert.equal(outcome.planSha256, expected.plan_sha256);
  assert.equal(outcome.find(person.pid)?.ticket, expected.ticket_person_1);
  assert.equal(outcome.places, 16);
});

test("the second vector, with systematic quotas, several lots and both fallbacks, is accepted", async () => {
  const at = (name: string): Uint8Array => new Uint8Array(readFileSync(join(PROJECT_ROOT, "tests", "vectors", "draw-2", name)));
  const outcome = await verify({ plan: at("plan.json"), roster: at("roster.csv"), sources: at("sources.txt"), result: at("result.csv") });
  assert.equal(outcome.seed, "f1c98784752e63d1eae38086c6047fee51b1e7af7a9e0a86c058acd53c37baf5");
});

test("every changed character of every file is rejected", async () => {
  for (const name of ["plan", "roster", "sources", "result"] as const) {
    const good = vector();
    for (let position = 0; position < good[name].length; position += name === "roster" || name === "result" ? 7 : 1) {
      const data = good[name].slice();
      data[position] = data[position]! ^ 1;
      await assert.rejects(verify({ ...good, [name]: data }), Rejected, `${name} at ${position}`);
    }
  }
});

test("other line ends, a byte order mark, a cut or longer end are rejected", async () => {
  for (const name of ["plan", "roster", "sources", "result"] as const) {
    const good = vector();
    const data = good[name];
    const damaged = [
      new Uint8Array([0xef, 0xbb, 0xbf, ...data]),
      data.slice(0, -1),
      new Uint8Array([...data, 10]),
      new Uint8Array(),
      new TextEncoder().encode(new TextDecoder().decode(data).replace(/\n/g, "\r\n")),
    ];
    for (const each of damaged) await assert.rejects(verify({ ...good, [name]: each }), Rejected);
  }
});

/** A draw of this very implementation, checked against the engine's files elsewhere: here only that it accepts its own method. */
async function plan(over: Record<string, unknown>, roster: string): Promise<Uint8Array> {
  const fields = {
    alg: "CHOUKAO-DRAW/1", n: 2, quota: "systematic", roster_sha256: await sha256(roster), round: "2026Q4",
    rows: roster.split("\n").length - 2, sources: ["SSQ:2026023"], standby: 1, verify_sha256: "0".repeat(64), ...over,
  };
  return new TextEncoder().encode(`${canonicalJson(fields)}\n`);
}

test("a fixed table larger than the stratum is rejected", async () => {
  const roster = `pid,stratum,lots,flag\n${"a".repeat(64)},C26-430602-P,1,\n`;
  const files = { ...vector(), roster: new TextEncoder().encode(roster), sources: new TextEncoder().encode("SSQ:2026023:03.07.12.19.25.33+08\n") };
  const tooMany = await plan({ quota: "fixed", quotas: { "C26-430602-P": 2 } }, roster);
  await assert.rejects(verify({ ...files, plan: tooMany }), /more places than people/);
});

test("a fallback counts only where the plan has one", async () => {
  const roster = "pid,stratum,lots,flag\n";
  const files = {
    roster: new TextEncoder().encode(roster),
    sources: new TextEncoder().encode("SSQ:2026024:03.07.12.19.25.33+08\n"),
    result: new TextEncoder().encode("stratum,status,pid\n"),
  };
  await assert.rejects(verify({ ...files, plan: await plan({}, roster) }), /sources.txt line 1/);
  const outcome = await verify({ ...files, plan: await plan({ fallback: { after_days: 7, dice: 20 } }, roster) });
  assert.equal(outcome.places, 0);
});

test("impossible balls are rejected", async () => {
  for (const value of ["03.07.12.19.25.34+08", "00.07.12.19.25.33+08", "03.03.12.19.25.33+08", "07.03.12.19.25.33+08", "03.07.12.19.25.33+17"]) {
    const sources = new TextDecoder().decode(vector().sources).replace("03.07.12.19.25.33+08", value);
    await assert.rejects(verify({ ...vector(), sources: new TextEncoder().encode(sources) }), /sources.txt line 1/);
  }
});

test("canonical JSON escapes as the engine does", () => {
  assert.equal(canonicalJson({ b: [1, true, null], a: "岳\u007f\n\"" }), '{"a":"\\u5cb3\\u007f\\n\\"","b":[1,true,null]}');
});
