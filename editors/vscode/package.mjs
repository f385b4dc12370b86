// Packs the extension into dist/: one package for all systems, or, with a program in `bin`, one for a single system.
// usage: node package.mjs [--program PATH TARGET]    (TARGET as VS Code names it: linux-x64, darwin-arm64, win32-x64 ...)
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createVSIX } from "@vscode/vsce";

const here = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const [option, program, target] = process.argv.slice(2);
if (option !== undefined && (option !== "--program" || program === undefined || target === undefined)) {
  throw new Error("usage: node package.mjs [--program PATH TARGET]");
}

const bin = join(here, "bin");
rmSync(bin, { recursive: true, force: true });
if (target !== undefined) {
  mkdirSync(bin);
  const file = join(bin, target.startsWith("win32") ? "dynalens.exe" : "dynalens");
  copyFileSync(program, file);
  chmodSync(file, 0o755);
}
const name = target === undefined ? `dynalens-${version}.vsix` : `dynalens-${version}-${target}.vsix`;
mkdirSync(join(here, "dist"), { recursive: true });
const packagePath = join(here, "dist", name);
// The page of an installed extension shows no pictures that lie beside it: they go into the text.
const readme = readFileSync(join(here, "README.md"), "utf8").replace(/\]\((images\/[\w-]+\.png)\)/g, (_, path) => {
  return `](data:image/png;base64,${readFileSync(join(here, path)).toString("base64")})`;
});
writeFileSync(join(here, "dist/README.md"), readme);
try {
  // Everything that runs is in the bundle.
  await createVSIX({
    cwd: here,
    packagePath,
    readmePath: "dist/README.md",
    dependencies: false,
    ...(target && { target }),
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
} finally {
  rmSync(bin, { recursive: true, force: true });
}
console.log(packagePath);
