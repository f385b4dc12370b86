// The language server's life: started where the program is found, restarted when asked, its state told to the status bar.
import * as vscode from "vscode";
import {
  State as ClientState,
  type ConfigurationParams,
  LanguageClient,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import type { Located } from "./locate";
import { matters } from "./matters";
import type { Program } from "./program";
import { selector } from "./selector";
import type { Status } from "./status";

export class Server implements vscode.Disposable {
  private readonly program: Program;
  private readonly status: Status;
  private readonly log: vscode.LogOutputChannel;
  private readonly trace: vscode.LogOutputChannel;
  private client: LanguageClient | undefined;
  /** Set while nothing is said of a missing program, as nothing is open that it matters for. */
  private waiting: vscode.Disposable | undefined;
  /** Set by the command that asks for the whole workspace, until the editor is closed. */
  private workspaceAsked = false;
  /** Starts and stops happen one after the other. */
  private queue: Promise<void> = Promise.resolve();

  constructor(program: Program, status: Status, log: vscode.LogOutputChannel) {
    this.program = program;
    this.status = status;
    this.log = log;
    this.trace = vscode.window.createOutputChannel("dynalens trace", { log: true });
  }

  dispose(): void {
    this.waiting?.dispose();
    this.trace.dispose();
  }

  start(): Promise<void> {
    return this.enqueue(() => this.startNow());
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.stopNow());
  }

  restart(): Promise<void> {
    return this.enqueue(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  /** Has everything below the workspace folders judged, and not only what the open files belong to. */
  checkWorkspace(): Promise<void> {
    this.workspaceAsked = true;
    // The server says at its start whether it tells of the whole workspace.
    return this.restart();
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step, step);
    return this.queue;
  }

  private async startNow(): Promise<void> {
    const located = this.program.locate();
    if (located.kind !== "found") {
      this.sayMissingInTime(located);
      return;
    }
    this.log.info(`starting ${located.path} (${located.origin})`);
    this.status.set("starting", located.path);
    const client = new LanguageClient("dynalens", "dynalens", { command: located.path, args: ["lsp"] }, this.options());
    this.client = client;
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) return;
      if (newState === ClientState.Running) this.status.set("running", version(client, located.path));
      else if (newState === ClientState.Stopped) this.status.set("stopped", located.path);
      else this.status.set("starting", located.path);
    });
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      const said = error instanceof Error ? error.message : String(error);
      this.log.error(`${located.path} lsp: ${said}`);
      this.status.set("failed", located.path);
      void this.sayFailed(located.path);
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client === undefined) return;
    this.status.set("stopped", "");
    try {
      await client.dispose(2000);
    } catch (error) {
      // A server that does not answer any more is killed by the client in any case.
      this.log.warn(`stopping: ${String(error)}`);
    }
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: selector(vscode.workspace.getConfiguration("dynalens").get<string[]>("policyPages", [])),
      outputChannel: this.log,
      traceOutputChannel: this.trace,
      initializationOptions: this.settings(),
      synchronize: { configurationSection: "dynalens" },
      middleware: {
        workspace: {
          // What a command has asked for is sent as well.
          didChangeConfiguration: async () => {
            const settings = { settings: { dynalens: this.settings() } };
            await this.client?.sendNotification("workspace/didChangeConfiguration", settings);
          },
          configuration: async (params, token, next) => {
            const answers = await next(params, token);
            return Array.isArray(answers)
              ? answers.map((answer, index) => this.completed(params, index, answer))
              : answers;
          },
        },
      },
    };
  }

  private settings(): Record<string, unknown> {
    const settings = vscode.workspace.getConfiguration().get<Record<string, unknown>>("dynalens", {});
    return this.workspaceAsked ? { ...settings, workspace: true } : settings;
  }

  /** The server's question for our settings is answered with what a command has asked for as well. */
  private completed(params: ConfigurationParams, index: number, answer: unknown): unknown {
    const asked = params.items[index]?.section === "dynalens" && this.workspaceAsked;
    return asked && typeof answer === "object" && answer !== null ? { ...answer, workspace: true } : answer;
  }

  /** At once where the setting is wrong, and otherwise when a document is opened that it matters for. */
  private sayMissingInTime(located: Located): void {
    this.waiting?.dispose();
    this.waiting = undefined;
    const isMatter = (document: vscode.TextDocument) =>
      matters({ language: document.languageId, path: document.uri.path, text: document.getText() });
    if (located.kind === "wrong setting" || vscode.workspace.textDocuments.some(isMatter)) {
      this.status.set("missing", "");
      void sayMissing(located, this.log);
      return;
    }
    this.status.set("stopped", "nothing is open that it is for");
    this.waiting = vscode.workspace.onDidOpenTextDocument((document) => {
      if (!isMatter(document)) return;
      this.waiting?.dispose();
      this.waiting = undefined;
      // It may have been installed since.
      void this.restart();
    });
  }

  private async sayFailed(path: string): Promise<void> {
    const message = `dynalens: \`${path} lsp\` does not start. It may be older than this extension.`;
    const chosen = await vscode.window.showErrorMessage(message, "Show Log", "Open Settings");
    if (chosen === "Show Log") this.log.show();
    if (chosen === "Open Settings") await openSettings();
  }
}

async function sayMissing(located: Located, log: vscode.LogOutputChannel): Promise<void> {
  let message = "dynalens: the program was not found. Install it, or say in the settings where it is.";
  if (located.kind === "wrong setting") {
    message = `dynalens: the setting dynalens.path names ${located.path}, which is no program that can be started.`;
    log.error(message);
  } else if (located.kind === "missing") {
    log.error(["the program was not found; looked at:", ...located.looked].join("\n  "));
  }
  const chosen = await vscode.window.showErrorMessage(message, "Open Settings", "How to Install", "Try Again");
  if (chosen === "Open Settings") await openSettings();
  if (chosen === "How to Install") await vscode.commands.executeCommand("dynalens.showInstallation");
  if (chosen === "Try Again") await vscode.commands.executeCommand("dynalens.restart");
}

function openSettings(): Thenable<unknown> {
  return vscode.commands.executeCommand("workbench.action.openSettings", "dynalens.path");
}

function version(client: LanguageClient, path: string): string {
  const info = client.initializeResult?.serverInfo;
  return info === undefined ? path : `${info.name} ${info.version ?? ""}, ${path}`;
}
