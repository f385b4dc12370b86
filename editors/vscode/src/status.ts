// The item in the status bar: the server's state and the number of findings; a click leads to the commands.
import * as vscode from "vscode";
import { label, type State, tally, words } from "./tally";

export class Status implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly listener: vscode.Disposable;
  private state: State = "starting";
  private detail = "";

  constructor() {
    this.item = vscode.window.createStatusBarItem("dynalens", vscode.StatusBarAlignment.Left, 0);
    this.item.name = "dynalens";
    this.item.command = "dynalens.menu";
    this.listener = vscode.languages.onDidChangeDiagnostics(() => this.draw());
    this.draw();
    this.item.show();
  }

  dispose(): void {
    this.listener.dispose();
    this.item.dispose();
  }

  /** `detail` is a line of its own in the tooltip: which program runs, or what went wrong. */
  set(state: State, detail: string): void {
    this.state = state;
    this.detail = detail;
    this.draw();
  }

  private draw(): void {
    const counts = tally(vscode.languages.getDiagnostics().flatMap(([, diagnostics]) => diagnostics));
    const sentence = words(this.state, counts);
    this.item.text = label(this.state, counts);
    this.item.tooltip = this.detail === "" ? `dynalens: ${sentence}` : `dynalens: ${sentence}\n${this.detail}`;
    this.item.accessibilityInformation = { label: `dynalens: ${sentence}` };
    const wrong = this.state === "failed" || this.state === "missing";
    this.item.backgroundColor = wrong ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
  }
}
