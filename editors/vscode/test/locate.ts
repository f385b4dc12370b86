import assert from "node:assert/strict";
import { test } from "node:test";
import { locate, type Surroundings } from "../src/locate";

function linux(programs: string[], more: Partial<Surroundings> = {}): Surroundings {
  return {
    platform: "linux",
    environment: { PATH: "/usr/bin:/opt/tools" },
    home: "/home/ana",
    extension: "/ext",
    workspace: "/work",
    starts: (path) => programs.includes(path),
    ...more,
  };
}

test("the setting comes first, then the extension's own program, then PATH, then cargo's directory", () => {
  const programs = ["/own/dynalens", "/ext/bin/dynalens", "/opt/tools/dynalens", "/home/ana/.cargo/bin/dynalens"];
  const order = ["setting", "extension", "PATH", "usual place"];
  for (const [index, path] of programs.entries()) {
    const setting = index === 0 ? "/own/dynalens" : "";
    const found = locate(setting, linux(programs.slice(index)));
    assert.deepEqual(found, { kind: "found", path, origin: order[index] });
  }
});

test("a setting that names nothing is said, and nothing else is started in its place", () => {
  const found = locate("/own/dynalens", linux(["/opt/tools/dynalens"]));
  assert.deepEqual(found, { kind: "wrong setting", path: "/own/dynalens" });
});

test("home, workspace folder and environment are replaced in the setting", () => {
  const around = linux(["/home/ana/x/dynalens", "/work/x/dynalens", "/opt/x/dynalens"], {
    environment: { TOOLS: "/opt" },
  });
  for (const [setting, path] of [
    ["~/x/dynalens", "/home/ana/x/dynalens"],
    ["${userHome}/x/dynalens", "/home/ana/x/dynalens"],
    ["${workspaceFolder}/x/dynalens", "/work/x/dynalens"],
    ["x/dynalens", "/work/x/dynalens"],
    [" ${env:TOOLS}/x/dynalens ", "/opt/x/dynalens"],
  ] as const) {
    assert.deepEqual(locate(setting, around), { kind: "found", path, origin: "setting" });
  }
  assert.deepEqual(locate("${env:NOTHING}/dynalens", around), {
    kind: "wrong setting",
    path: "/work/${env:NOTHING}/dynalens",
  });
});

test("a relative setting without a workspace is not looked for in the directory that the editor stands in", () => {
  const around = { ...linux(["dynalens"]), workspace: undefined };
  assert.deepEqual(locate("dynalens", around), { kind: "wrong setting", path: "dynalens" });
});

test("relative directories of PATH could be a stranger's and are left out", () => {
  const around = linux(["dynalens", "bin/dynalens", "./dynalens"], { environment: { PATH: ".::bin:./" } });
  assert.equal(locate("", around).kind, "missing");
});

test("where nothing is found, every place that was looked at is told once", () => {
  const found = locate("", linux([], { environment: { PATH: "/usr/local/bin:/usr/local/bin" } }));
  assert.equal(found.kind, "missing");
  assert.deepEqual(found.kind === "missing" && found.looked, [
    "/ext/bin/dynalens",
    "/usr/local/bin/dynalens",
    "/home/ana/.cargo/bin/dynalens",
    "/home/ana/.local/bin/dynalens",
    "/opt/homebrew/bin/dynalens",
  ]);
});

test("Windows has another separator, another file name, and Path in any case of letters", () => {
  const around = linux(["C:\\My Tools\\dynalens.exe"], {
    platform: "win32",
    environment: { Path: 'C:\\Windows;"C:\\My Tools"' },
    home: "C:\\Users\\ana",
    extension: "C:\\ext",
    workspace: "C:\\work",
  });
  assert.deepEqual(locate("", around), { kind: "found", path: "C:\\My Tools\\dynalens.exe", origin: "PATH" });
});

test("CARGO_HOME moves cargo's directory", () => {
  const around = linux(["/cargo/bin/dynalens"], { environment: { CARGO_HOME: "/cargo" } });
  assert.deepEqual(locate("", around), { kind: "found", path: "/cargo/bin/dynalens", origin: "usual place" });
});
