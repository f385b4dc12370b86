// Where the program is. Takes the setting and what surrounds the editor, gives a path or the places that were looked at.
// Knows nothing of the editor, so that its tests need none.
import { posix, win32 } from "node:path";

/** What the search looks at; all of it is given, so that it is the same in a test. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The directory of the extension, which may bring the program in `bin`. */
  readonly extension: string;
  /** The first workspace folder, for `${workspaceFolder}`. */
  readonly workspace: string | undefined;
  /** Whether a path is a file that can be started. */
  readonly starts: (path: string) => boolean;
}

export type Origin = "setting" | "extension" | "PATH" | "usual place";

export type Located =
  | { readonly kind: "found"; readonly path: string; readonly origin: Origin }
  /** The setting names something that can't be started; nothing else is tried, as it was asked for. */
  | { readonly kind: "wrong setting"; readonly path: string }
  | { readonly kind: "missing"; readonly looked: readonly string[] };

/** The setting, then what the extension brings, then `PATH`, then where cargo and package managers put programs. */
export function locate(setting: string, around: Surroundings): Located {
  const path = around.platform === "win32" ? win32 : posix;
  const wanted = setting.trim();
  if (wanted !== "") {
    const named = expand(wanted, around);
    const absolute =
      path.isAbsolute(named) || around.workspace === undefined ? named : path.join(around.workspace, named);
    if (path.isAbsolute(absolute) && around.starts(absolute)) {
      return { kind: "found", path: absolute, origin: "setting" };
    }
    return { kind: "wrong setting", path: absolute };
  }
  const file = around.platform === "win32" ? "dynalens.exe" : "dynalens";
  const looked: string[] = [];
  const places: [Origin, string][] = [
    ["extension", path.join(around.extension, "bin")],
    ...onPath(around).map((directory): [Origin, string] => ["PATH", directory]),
    ...usualPlaces(around).map((directory): [Origin, string] => ["usual place", directory]),
  ];
  for (const [origin, directory] of places) {
    const candidate = path.join(directory, file);
    if (looked.includes(candidate)) continue;
    if (around.starts(candidate)) return { kind: "found", path: candidate, origin };
    looked.push(candidate);
  }
  return { kind: "missing", looked };
}

/** Replaces `~`, `${workspaceFolder}` and `${env:NAME}`. What is not known stays as it is, so that a message shows it. */
export function expand(setting: string, around: Surroundings): string {
  const home = setting === "~" || /^~[/\\]/.test(setting) ? around.home + setting.slice(1) : setting;
  return home.replace(/\$\{(workspaceFolder|userHome|env:([^}]+))\}/g, (whole, name: string, variable?: string) => {
    if (name === "workspaceFolder") return around.workspace ?? whole;
    if (name === "userHome") return around.home;
    return around.environment[variable ?? ""] ?? whole;
  });
}

/**
 * The directories of `PATH`. Relative ones are left out: they would mean the workspace, which may be a stranger's.
 */
function onPath(around: Surroundings): string[] {
  const windows = around.platform === "win32";
  const path = windows ? win32 : posix;
  const name = windows ? Object.keys(around.environment).find((variable) => variable.toUpperCase() === "PATH") : "PATH";
  const value = name === undefined ? undefined : around.environment[name];
  return (value ?? "")
    .split(path.delimiter)
    .map((directory) => (windows ? directory.replace(/^"(.*)"$/, "$1") : directory))
    .filter((directory) => path.isAbsolute(directory));
}

/** An editor that is started from a dock or a menu often has a shorter `PATH` than a shell. */
function usualPlaces(around: Surroundings): string[] {
  const path = around.platform === "win32" ? win32 : posix;
  const cargo = around.environment.CARGO_HOME ?? path.join(around.home, ".cargo");
  const places = [path.join(cargo, "bin")];
  if (around.platform !== "win32") {
    places.push(path.join(around.home, ".local", "bin"), "/usr/local/bin", "/opt/homebrew/bin");
  }
  return places.filter((directory) => path.isAbsolute(directory));
}
