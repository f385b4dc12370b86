// dynalens in VS Code: starts the language server and offers its commands. What is judged and how is the server's work.
import * as vscode from "vscode";
import { registerCommands } from "./commands";
import { Documents } from "./documents";
import { Program } from "./program";
import { Server } from "./server";
import { Status } from "./status";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("dynalens", { log: true });
  const program = new Program(context.extensionPath, log);
  const status = new Status();
  const documents = new Documents(program);
  const running = new Server(program, status, log);
  server = running;
  context.subscriptions.push(
    log,
    status,
    documents,
    running,
    ...registerCommands(program, running, documents, log, context.extensionUri),
    vscode.workspace.onDidChangeConfiguration((change) => {
      // What is said at the start only: which program, which documents, whether the whole workspace is told of.
      const names = ["dynalens.path", "dynalens.policyPages", "dynalens.workspace"];
      const restarts = names.some((name) => change.affectsConfiguration(name));
      if (restarts) void running.restart();
    }),
    // A workspace that becomes trusted may bring a path of its own.
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.restart()),
  );
  await running.start();
}

export function deactivate(): Promise<void> | undefined {
  return server?.stop();
}
