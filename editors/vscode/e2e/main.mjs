// The scenarios, one after the other, each in an editor of its own. Names on the command line choose among them.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { scenarios } from "./scenarios.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");
const vsix = join(
  dist,
  readdirSync(dist).find((file) => /^dynalens-[0-9.]+\.vsix$/.test(file)),
);
const chosen = process.argv.slice(2);
let failed = 0;
for (const [name, scenario] of Object.entries(scenarios)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  try {
    await scenario(vsix);
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
