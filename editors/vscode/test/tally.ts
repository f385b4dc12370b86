import assert from "node:assert/strict";
import { test } from "node:test";
import { label, tally, words } from "../src/tally";

test("only our own findings are counted, by severity", () => {
  const counts = tally([
    { source: "dynalens", severity: 0 },
    { source: "dynalens", severity: 1 },
    { source: "dynalens", severity: 1 },
    { source: "dynalens", severity: 2 },
    { source: "dynalens", severity: 3 },
    { source: "yaml", severity: 0 },
    { severity: 0 },
  ]);
  assert.deepEqual(counts, { errors: 1, warnings: 2, notes: 2 });
  assert.equal(label("running", counts), "dynalens $(error) 1 $(warning) 2 $(info) 2");
  assert.equal(words("running", counts), "1 error, 2 warnings, 2 notes");
});

test("kinds without a finding take no room", () => {
  assert.equal(label("running", { errors: 0, warnings: 3, notes: 0 }), "dynalens $(warning) 3");
  assert.equal(label("running", { errors: 0, warnings: 0, notes: 0 }), "$(check) dynalens");
});

test("a server that does not run never looks like a clean file", () => {
  const none = { errors: 0, warnings: 0, notes: 0 };
  for (const state of ["starting", "stopped", "failed", "missing"] as const) {
    assert.notEqual(label(state, none), label("running", none));
    assert.notEqual(words(state, none), words("running", none));
  }
});
