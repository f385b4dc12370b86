// The commands of the palette and of the status bar item.
import * as vscode from "vscode";
import { type Finding, nameAt, policiesAt } from "./cursor";
import type { Documents } from "./documents";
import type { Program } from "./program";
import type { Server } from "./server";

export function registerCommands(
  program: Program,
  server: Server,
  documents: Documents,
  log: vscode.LogOutputChannel,
  extension: vscode.Uri,
): vscode.Disposable[] {
  const commands: Record<string, (...given: unknown[]) => unknown> = {
    "dynalens.checkWorkspace": async () => {
      await server.checkWorkspace();
      await vscode.commands.executeCommand("workbench.actions.view.problems");
    },
    "dynalens.showModel": () => said(() => showModel(documents)),
    "dynalens.explainPolicy": (policy) => said(() => explain(program, documents, policy)),
    "dynalens.fixFile": () =>
      vscode.commands.executeCommand("editor.action.codeAction", { kind: "source.fixAll.dynalens", apply: "first" }),
    "dynalens.restart": () => server.restart(),
    "dynalens.showLog": () => log.show(),
    "dynalens.showInstallation": () =>
      vscode.commands.executeCommand("markdown.showPreview", vscode.Uri.joinPath(extension, "INSTALL.md")),
    "dynalens.menu": menu,
  };
  return Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run));
}

/** What goes wrong is a message and not a silent nothing. */
async function said(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const chosen = await vscode.window.showErrorMessage(`dynalens: ${message}`, "Show Log");
    if (chosen !== undefined) await vscode.commands.executeCommand("dynalens.showLog");
  }
}

async function showModel(documents: Documents): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme !== "file") throw new Error("open a template or a Terraform file first");
  await documents.showModel(document.uri);
}

/** The policy that is given, or at the cursor, or chosen from all. */
async function explain(program: Program, documents: Documents, given: unknown): Promise<void> {
  let policy = typeof given === "string" ? given : await atCursor();
  policy ??= await chooseFromAll(program);
  if (policy !== undefined) await documents.showPolicy(policy);
}

async function atCursor(): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const cursor = editor.selection.active;
  const found = policiesAt(vscode.languages.getDiagnostics(editor.document.uri).flatMap(finding), cursor);
  if (found.length > 1) {
    return vscode.window.showQuickPick(found, { placeHolder: "Several policies found something here" });
  }
  if (found[0] !== undefined) return found[0];
  const name = nameAt(editor.document.lineAt(cursor.line).text, cursor.character);
  return name;
}

function finding(diagnostic: vscode.Diagnostic): Finding[] {
  if (diagnostic.source !== "dynalens" || diagnostic.code === undefined) return [];
  const code = typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code;
  return [{ policy: String(code), start: diagnostic.range.start, end: diagnostic.range.end }];
}

interface ListedPolicy {
  readonly name: string;
  readonly title: string;
  readonly severity: string;
}

async function chooseFromAll(program: Program): Promise<string | undefined> {
  const listed = program.run(["policies", "--format", "json"], undefined).then((text) => {
    const { policies } = JSON.parse(text) as { policies: ListedPolicy[] };
    return policies.map(({ name, title, severity }) => ({ label: name, description: severity, detail: title }));
  });
  const chosen = await vscode.window.showQuickPick(listed, {
    placeHolder: "Which policy?",
    matchOnDetail: true,
  });
  return chosen?.label;
}

async function menu(): Promise<void> {
  const entries = [
    { label: "$(search) Check the whole workspace", command: "dynalens.checkWorkspace" },
    { label: "$(tools) Apply all safe fixes in this file", command: "dynalens.fixFile" },
    { label: "$(json) Show the model of this file", command: "dynalens.showModel" },
    { label: "$(book) Explain the policy at the cursor", command: "dynalens.explainPolicy" },
    { label: "$(refresh) Restart the language server", command: "dynalens.restart" },
    { label: "$(output) Show the log", command: "dynalens.showLog" },
  ];
  const chosen = await vscode.window.showQuickPick(entries, { placeHolder: "dynalens" });
  if (chosen !== undefined) await vscode.commands.executeCommand(chosen.command);
}
