#!/usr/bin/env node
// Starts the program that npm has installed for this system.
"use strict";
const { spawnSync } = require("node:child_process");

const name = `dynalens-${process.platform}-${process.arch}`;
let program;
try {
  program = require.resolve(`${name}/bin/${process.platform === "win32" ? "dynalens.exe" : "dynalens"}`);
} catch {
  console.error(`dynalens: the package ${name} is not installed; install without --omit=optional, or with cargo`);
  process.exit(2);
}
const run = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (run.error) {
  console.error(`dynalens: ${run.error.message}`);
  process.exit(2);
}
if (run.signal) process.kill(process.pid, run.signal);
process.exit(run.status ?? 2);
