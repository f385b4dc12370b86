// Which documents the server is told of. It dismisses at a glance what is no infrastructure code, so that languages are
// enough here; files that no extension gives a language are known by their names.
import type { DocumentFilter, DocumentSelector } from "vscode-languageclient";

const LANGUAGES = [
  "yaml",
  "json",
  "jsonc",
  "cloudformation",
  "yaml-cloudformation",
  "json-cloudformation",
  "terraform",
  "terraform-vars",
  "opentofu",
  "opentofu-vars",
  "hcl",
];

const NAMES = "**/*.{tf,tofu,tfvars,hcl,template,yaml,yml,json}";

/** `policyPages` are globs of pages of one's own policies; other Markdown is nothing to the server. */
export function selector(policyPages: readonly string[]): DocumentSelector {
  const filters: DocumentFilter[] = LANGUAGES.map((language) => ({ scheme: "file", language }));
  filters.push({ scheme: "file", pattern: NAMES });
  filters.push(...policyPages.map((pattern) => ({ scheme: "file", language: "markdown", pattern })));
  // A new file has no name yet; its language says what it may be.
  filters.push(...LANGUAGES.map((language) => ({ scheme: "untitled", language })));
  return filters;
}
