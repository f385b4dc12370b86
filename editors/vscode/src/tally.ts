// What the status bar says: the state of the server and how many findings the editor shows.

export type State = "starting" | "running" | "stopped" | "failed" | "missing";

/** Findings by the severity that the editor shows them with. */
export interface Tally {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

/** The part of a diagnostic that is counted. Severities are VS Code's: 0 is an error, 1 a warning. */
export interface Counted {
  readonly source?: string | undefined;
  readonly severity: number;
}

export function tally(diagnostics: Iterable<Counted>): Tally {
  let [errors, warnings, notes] = [0, 0, 0];
  for (const { source, severity } of diagnostics) {
    if (source !== "dynalens") continue;
    if (severity === 0) errors += 1;
    else if (severity === 1) warnings += 1;
    else notes += 1;
  }
  return { errors, warnings, notes };
}

/** The text of the status bar item, with VS Code's icons. */
export function label(state: State, counts: Tally): string {
  switch (state) {
    case "starting":
      return "$(loading~spin) dynalens";
    case "stopped":
      return "$(circle-slash) dynalens";
    case "failed":
    case "missing":
      return "$(alert) dynalens";
    case "running": {
      const parts = [
        [counts.errors, "$(error)"],
        [counts.warnings, "$(warning)"],
        [counts.notes, "$(info)"],
      ]
        .filter(([count]) => count !== 0)
        .map(([count, icon]) => `${icon} ${count}`);
      return parts.length === 0 ? "$(check) dynalens" : `dynalens ${parts.join(" ")}`;
    }
  }
}

/** The same in words. */
export function words(state: State, counts: Tally): string {
  switch (state) {
    case "starting":
      return "the language server starts";
    case "stopped":
      return "the language server is stopped";
    case "failed":
      return "the language server does not run; its log says why";
    case "missing":
      return "the dynalens program was not found";
    case "running": {
      const count = (number: number, one: string) => `${number} ${one}${number === 1 ? "" : "s"}`;
      if (counts.errors + counts.warnings + counts.notes === 0) return "nothing found in what was checked";
      return [count(counts.errors, "error"), count(counts.warnings, "warning"), count(counts.notes, "note")].join(", ");
    }
  }
}
