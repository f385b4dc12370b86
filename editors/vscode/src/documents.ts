// Read-only documents that the program writes: pages of policies and models of files.
import * as vscode from "vscode";
import type { Program } from "./program";

const SCHEME = "dynalens";

/** Serves `dynalens:/policy/NAME.md` and `dynalens:/model/FILE.json`, each written anew when it is asked for. */
export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  private readonly program: Program;
  /** The files whose models are shown, by the address of the document. */
  private readonly subjects = new Map<string, vscode.Uri>();
  readonly onDidChange = this.changed.event;

  constructor(program: Program) {
    this.program = program;
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const policy = /^\/policy\/(.+)\.md$/.exec(uri.path)?.[1];
    if (policy !== undefined) {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
      return this.program.run(["explain", "--format", "markdown", "--", policy], folder);
    }
    const subject = this.subjects.get(uri.toString());
    return subject === undefined ? "" : this.model(subject);
  }

  /** Opens the page of a policy as it is meant to be read. */
  async showPolicy(policy: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/policy/${policy}.md` });
    // Asked for first, so that a mistake is a message in the program's own words and not an empty page.
    await this.provideTextDocumentContent(uri);
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }

  /** Opens what the program understood of a file, beside it. */
  async showModel(file: vscode.Uri): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/model${file.path}.json` });
    this.subjects.set(uri.toString(), file);
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }

  private model(file: vscode.Uri): Promise<string> {
    const folder = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath;
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === file.toString());
    // A Terraform file is a part of its directory; a template stands alone, so that its unsaved text can be judged.
    if (isTerraform(file)) {
      return this.program.run(["model", "--", vscode.Uri.joinPath(file, "..").fsPath], folder);
    }
    if (open?.isDirty) {
      return this.program.run(["model", "--stdin-filename", file.fsPath, "-"], folder, open.getText());
    }
    return this.program.run(["model", "--", file.fsPath], folder);
  }
}

function isTerraform(file: vscode.Uri): boolean {
  return /\.(tf|tofu|tfvars|hcl)(\.json)?$/.test(file.path);
}
