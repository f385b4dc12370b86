// The dynalens program on this machine: where it is, and runs of it that end.
import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import * as vscode from "vscode";
import { type Located, locate } from "./locate";

/** Nothing that is shown in an editor is longer. */
const LONGEST_OUTPUT = 64 * 1024 * 1024;

export class Program {
  private readonly extension: string;
  private readonly log: vscode.LogOutputChannel;

  constructor(extension: string, log: vscode.LogOutputChannel) {
    this.extension = extension;
    this.log = log;
  }

  /** Looks anew each time, as programs are installed while the editor runs. */
  locate(): Located {
    return locate(vscode.workspace.getConfiguration("dynalens").get<string>("path", ""), {
      platform: process.platform,
      environment: process.env,
      home: homedir(),
      extension: this.extension,
      workspace: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      starts,
    });
  }

  /**
   * What the program prints for some arguments.
   * @throws with the program's own words where it fails.
   */
  run(args: string[], folder: string | undefined, input?: string): Promise<string> {
    const located = this.locate();
    if (located.kind !== "found") return Promise.reject(new Error("the dynalens program was not found"));
    this.log.debug(`${located.path} ${args.join(" ")}`);
    return new Promise((resolve, reject) => {
      const child = execFile(
        located.path,
        args,
        { cwd: folder, maxBuffer: LONGEST_OUTPUT, windowsHide: true },
        (error, stdout, stderr) => {
          // A file that is broken in a place is still worth showing.
          if (error === null || stdout !== "") resolve(stdout);
          else reject(new Error(stderr.trim() || error.message));
        },
      );
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(input ?? "");
    });
  }
}

function starts(path: string): boolean {
  try {
    accessSync(path, process.platform === "win32" ? constants.F_OK : constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
