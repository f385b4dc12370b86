import assert from "node:assert/strict";
import { test } from "node:test";
import { nameAt, policiesAt } from "../src/cursor";

const at = (line: number, character: number) => ({ line, character });
const findings = [
  { policy: "whole-table", start: at(2, 0), end: at(9, 0) },
  { policy: "one-attribute", start: at(4, 6), end: at(4, 20) },
  { policy: "its-neighbour", start: at(4, 22), end: at(4, 30) },
];

test("the finding with the shortest mark around the cursor comes first", () => {
  assert.deepEqual(policiesAt(findings, at(4, 10)), ["one-attribute", "whole-table"]);
  assert.deepEqual(policiesAt(findings, at(4, 20)), ["one-attribute", "whole-table"], "the end of a mark counts");
  assert.deepEqual(policiesAt(findings, at(3, 0)), ["whole-table"]);
});

test("beside all marks those of the line are taken, and elsewhere none", () => {
  assert.deepEqual(policiesAt(findings.slice(1), at(4, 0)), ["its-neighbour", "one-attribute"]);
  assert.deepEqual(policiesAt(findings, at(20, 0)), []);
});

test("two findings of one policy are one policy", () => {
  assert.deepEqual(policiesAt([...findings, ...findings], at(4, 10)), ["one-attribute", "whole-table"]);
});

test("a name in a suppression or a configuration is found, with its whole length", () => {
  const line = "  # dynalens: ignore[deletion-protection-disabled, CKV_AWS_28] cheap to rebuild";
  assert.equal(nameAt(line, line.indexOf("protection")), "deletion-protection-disabled");
  assert.equal(nameAt(line, line.indexOf("CKV")), "CKV_AWS_28");
  assert.equal(nameAt(line, line.indexOf("]")), "CKV_AWS_28");
  assert.equal(nameAt(line, line.indexOf("rebuild")), undefined);
});
