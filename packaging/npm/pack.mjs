// Makes npm packages of built programs: one for each system, which npm installs where it fits, and `dynalens`, which
// starts the one that is there. No package runs a script when it is installed, and none downloads anything.
// usage: node pack.mjs DIST OUT    (DIST holds dynalens-VERSION-TARGET.tar.gz or .zip, or one program for --program)
//        node pack.mjs --program PATH TARGET OUT
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const version = /^version = "(.*)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))[1];

// The programs for musl run everywhere on Linux, so that npm's `libc` needs no telling apart.
const systems = {
  "x86_64-unknown-linux-musl": { os: "linux", cpu: "x64" },
  "aarch64-unknown-linux-musl": { os: "linux", cpu: "arm64" },
  "x86_64-apple-darwin": { os: "darwin", cpu: "x64" },
  "aarch64-apple-darwin": { os: "darwin", cpu: "arm64" },
  "x86_64-pc-windows-msvc": { os: "win32", cpu: "x64" },
  "aarch64-pc-windows-msvc": { os: "win32", cpu: "arm64" },
};

const common = {
  version,
  license: "MIT OR Apache-2.0",
  description: "An offline linter for DynamoDB in CloudFormation, SAM, CDK and Terraform",
};

function pack(directory, manifest, files, out) {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), JSON.stringify({ ...manifest, ...common }, null, 2) + "\n");
  for (const [from, to, mode] of files) {
    mkdirSync(dirname(join(directory, to)), { recursive: true });
    copyFileSync(from, join(directory, to));
    if (mode) chmodSync(join(directory, to), mode);
  }
  execFileSync("npm", ["pack", "--silent", "--pack-destination", resolve(out)], { cwd: directory, shell: process.platform === "win32" });
}

function system(target, program, work, out) {
  const { os, cpu } = systems[target];
  const file = os === "win32" ? "dynalens.exe" : "dynalens";
  const name = `dynalens-${os}-${cpu}`;
  pack(join(work, name), { name, os: [os], cpu: [cpu], files: ["bin"] }, [[program, `bin/${file}`, 0o755]], out);
  return name;
}

function main(names, work, out) {
  const manifest = {
    name: "dynalens",
    bin: { dynalens: "bin/dynalens.js" },
    files: ["bin"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(names.map((name) => [name, version])),
  };
  const files = [[join(here, "dynalens.js"), "bin/dynalens.js", 0o755], [join(root, "README.md"), "README.md"]];
  pack(join(work, "dynalens"), manifest, files, out);
}

const work = mkdtempSync(join(tmpdir(), "dynalens-npm-"));
const given = process.argv.slice(2);
if (given[0] === "--program") {
  const [, program, target, out] = given;
  mkdirSync(out, { recursive: true });
  main([system(target, resolve(program), work, out)], work, out);
} else {
  const [dist, out] = given;
  mkdirSync(out, { recursive: true });
  const names = [];
  for (const target of Object.keys(systems)) {
    const archive = readdirSync(dist).find((file) => file.startsWith(`dynalens-${version}-${target}.`));
    if (!archive) throw new Error(`there is no archive for ${target} in ${dist}`);
    const unpacked = join(work, target);
    mkdirSync(unpacked);
    const path = resolve(dist, archive);
    if (archive.endsWith(".zip")) execFileSync("unzip", ["-q", path, "-d", unpacked]);
    else execFileSync("tar", ["-xzf", path, "-C", unpacked]);
    const file = systems[target].os === "win32" ? "dynalens.exe" : "dynalens";
    names.push(system(target, join(unpacked, `dynalens-${version}-${target}`, file), work, out));
  }
  main(names, work, out);
}
