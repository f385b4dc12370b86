import assert from "node:assert/strict";
import { test } from "node:test";
import { matters } from "../src/matters";

test("templates, Terraform and our configuration matter, other YAML and JSON does not", () => {
  const document = (path: string, language: string, text: string) => ({ path, language, text });
  for (const one of [
    document("/a/template.yaml", "yaml", "Resources:\n  A:\n    Type: AWS::DynamoDB::Table\n"),
    document("/a/template.json", "json", '{ "Resources": { "A": { "Type": "AWS::DAX::Cluster" } } }'),
    document("/a/main.tf", "terraform", ""),
    document("/a/dynalens.yml", "yaml", ""),
    document("/a/.github/dynalens.yml", "yaml", ""),
    document("/a/values.yaml", "yaml", "# dynalens: ignore[resource-untagged] rebuilt nightly\n"),
  ]) {
    assert.equal(matters(one), true, one.path);
  }
  for (const one of [
    document("/a/.github/workflows/ci.yml", "yaml", "on: [push]\n"),
    document("/a/package.json", "json", '{ "name": "LAWS::x" }'),
    document("/a/notes.txt", "plaintext", ""),
  ]) {
    assert.equal(matters(one), false, one.path);
  }
});
