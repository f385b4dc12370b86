// Bundles the extension into dist/extension.js, and puts the schema of dynalens.yml and the licences of what is bundled
// into the folder.
// usage: node build.mjs [--production | --tests]
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const production = process.argv.includes("--production");
const common = { absWorkingDir: here, bundle: true, platform: "node", target: "node20", logLevel: "warning" };

if (process.argv.includes("--tests")) {
  await build({
    ...common,
    entryPoints: readdirSync(join(here, "test")).map((file) => join("test", file)),
    outdir: "dist/test",
    outExtension: { ".js": ".test.mjs" },
    format: "esm",
  });
} else {
  mkdirSync(join(here, "schemas"), { recursive: true });
  copyFileSync(join(root, "schemas/config-v1.schema.json"), join(here, "schemas/config-v1.schema.json"));
  const { metafile } = await build({
    ...common,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.js",
    format: "cjs",
    external: ["vscode"],
    minify: production,
    sourcemap: production ? false : "linked",
    metafile: true,
  });
  writeFileSync(join(here, "dist/THIRD-PARTY.txt"), licences(Object.keys(metafile.inputs)));
}

/** The licences of the packages that files of the bundle come from, each text after the package's name. */
function licences(files) {
  const packages = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  return [...packages]
    .sort()
    .map((directory) => {
      const { name, version, license } = JSON.parse(readFileSync(join(here, directory, "package.json"), "utf8"));
      const text = readdirSync(join(here, directory)).find((file) => /^licen[cs]e/i.test(file));
      if (text === undefined) throw new Error(`${name} comes without the text of its licence`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(here, directory, text), "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(72)}\n\n`);
}
