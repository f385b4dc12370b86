// A VS Code in a browser: starts code-server with an extension, a workspace and settings of its own, opens it in
// Chromium, and does what a person does with keys and eyes.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

const SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.colorTheme": "Default Light Modern",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.ignoreRecommendations": true,
  "editor.minimap.enabled": false,
  "editor.fontFamily": "DejaVu Sans Mono",
  "editor.fontSize": 14,
  "editor.renderWhitespace": "none",
  "editor.stickyScroll.enabled": false,
  "editor.lightbulb.enabled": "off",
  "editor.occurrencesHighlight": "off",
  "editor.guides.indentation": false,
  "editor.cursorBlinking": "solid",
  "breadcrumbs.enabled": false,
  "window.commandCenter": false,
  "git.enabled": false,
};

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Editor {
  /** `files` are written into a new workspace, whose folders are `folders`; by default it is one. */
  static async open(given) {
    const editor = new Editor();
    try {
      await editor.start(given);
      return editor;
    } catch (error) {
      await editor.close();
      throw error;
    }
  }

  async start({ vsix, files, folders, settings = {}, height = 570 }) {
    this.home = mkdtempSync(join(tmpdir(), "dynalens-e2e-"));
    this.workspace = join(this.home, "shop");
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.workspace, name);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, text);
    }
    const data = join(this.home, "data");
    mkdirSync(join(data, "User"), { recursive: true });
    writeFileSync(join(data, "User/settings.json"), JSON.stringify(SETTINGS));
    // The browser is a client of this machine, and paths on a machine are settings of the machine.
    mkdirSync(join(data, "Machine"), { recursive: true });
    writeFileSync(join(data, "Machine/settings.json"), JSON.stringify(settings));
    const places = ["--user-data-dir", data, "--extensions-dir", join(this.home, "extensions")];
    const env = { ...process.env, HOME: this.home };
    execFileSync(process.env.CODE_SERVER, [...places, "--install-extension", vsix], { env, stdio: "pipe" });
    const port = await freePort();
    const address = ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none"];
    const quiet = ["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"];
    this.server = spawn(process.env.CODE_SERVER, [...places, ...address, ...quiet, this.workspace], {
      env,
      stdio: "ignore",
      detached: true,
    });
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
    this.page = await this.browser.newPage({ viewport: { width: 1180, height } });
    // A busy machine is slow, and nothing here is about time.
    this.page.setDefaultTimeout(90_000);
    let opened = `folder=${encodeURIComponent(this.workspace)}`;
    if (folders) {
      const file = join(this.workspace, "all.code-workspace");
      writeFileSync(file, JSON.stringify({ folders: folders.map((path) => ({ path })) }));
      opened = `workspace=${encodeURIComponent(file)}`;
    }
    const url = `http://127.0.0.1:${port}/?${opened}`;
    await this.until("the editor answers", () =>
      this.page.goto(url).then(
        () => true,
        () => false,
      ),
    );
    await this.page.locator(".monaco-workbench").waitFor({ timeout: 120_000 });
  }

  async close() {
    await this.browser?.close().catch(() => undefined);
    if (this.server) {
      // Its own group: the server, its extension hosts and the language servers in them.
      try {
        process.kill(-this.server.pid, "SIGTERM");
      } catch {
        // It has ended by itself.
      }
    }
    await sleep(500);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Waits until something holds, and says what never did. */
  async until(what, holds, seconds = 90) {
    const end = Date.now() + seconds * 1000;
    let last;
    for (;;) {
      last = await holds();
      if (last) return last;
      if (Date.now() > end) {
        throw new Error(`${what}: not within ${seconds} s`);
      }
      await sleep(100);
    }
  }

  async picture(name, options = {}) {
    const pictures = process.env.PICTURES ?? join(tmpdir(), "dynalens-e2e-pictures");
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}.png`), ...options });
  }

  async openFile(name) {
    const input = this.page.locator(".quick-input-widget input.input");
    const first = this.page.locator(".quick-input-list .monaco-list-row").first();
    // While the editor starts, it closes the list that it has just opened.
    await this.until(`${name} in the list of files`, async () => {
      await this.page.keyboard.press("Escape");
      await this.page.keyboard.press("Control+p");
      try {
        await input.fill(name, { timeout: 5000 });
        await first.filter({ hasText: name.split("/").pop() }).waitFor({ timeout: 5000 });
        return true;
      } catch {
        return false;
      }
    });
    await this.page.keyboard.press("Enter");
    await this.page
      .locator(`.editor-group-container.active .tab.active[data-resource-name="${name.split("/").pop()}"]`)
      .waitFor();
    await this.page.locator(".editor-instance .view-line").first().waitFor();
  }

  /** The cursor goes back to the editor on the left. */
  async left() {
    await this.page.keyboard.press("Control+1");
    await this.page.locator(".editor-group-container.active .view-line").first().waitFor();
  }

  async command(title) {
    await this.page.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget input.input");
    await input.waitFor();
    await input.fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
  }

  /** Puts the cursor at a line and column, both from 1, columns in UTF-16 units. */
  async goTo(line, column) {
    await this.page.keyboard.press("Control+g");
    const input = this.page.locator(".quick-input-widget input.input");
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden" });
  }

  /** The text of the active editor's lines as they are shown, from top to bottom. */
  lines() {
    return this.page.evaluate(() => {
      const lines = [...document.querySelectorAll(".editor-group-container.active .view-line")];
      lines.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
      return lines.map((line) => line.textContent.replaceAll("\u00a0", " "));
    });
  }

  /**
   * What each squiggle lies under: the kind and the very characters, found by comparing the places of the drawn lines
   * with those of the drawn letters.
   */
  squiggles() {
    return this.page.evaluate(() => {
      const group = document.querySelector(".editor-group-container.active");
      const letters = [];
      for (const line of group.querySelectorAll(".view-line")) {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          let at = 0;
          for (const letter of node.data) {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + letter.length);
            at += letter.length;
            const { left, right, top, bottom } = range.getBoundingClientRect();
            letters.push({ letter, middle: (left + right) / 2, height: (top + bottom) / 2, left });
          }
        }
      }
      return [...group.querySelectorAll('.view-overlays [class*="squiggly-"]')].map((mark) => {
        const { left, right, top, bottom } = mark.getBoundingClientRect();
        const kind = /squiggly-(\w+)/.exec(mark.className)[1];
        const under = letters
          .filter(({ middle, height }) => left < middle && middle < right && top < height && height < bottom)
          .sort((a, b) => a.left - b.left);
        return {
          kind,
          text: under
            .map(({ letter }) => letter)
            .join("")
            .replaceAll("\u00a0", " "),
        };
      });
    });
  }

  /** Waits until the squiggles are these, in any order. */
  async marks(wanted) {
    const text = (marks) =>
      marks
        .map(({ kind, text }) => `${kind} ${text}`)
        .sort()
        .join("\n");
    let last;
    try {
      await this.until("marks", async () => {
        last = await this.squiggles();
        return text(last) === text(wanted);
      });
    } catch {
      throw new Error(`the marks are\n${text(last)}\nand should be\n${text(wanted)}`);
    }
  }

  /** Opens the list of what can be done at the cursor. */
  async quickFixes() {
    await this.page.keyboard.press("Control+.");
    await this.page.locator(".action-widget .monaco-list-row.action").first().waitFor();
  }

  async applyFirstFix() {
    await this.page.keyboard.press("Enter");
    await this.page.locator(".action-widget").first().waitFor({ state: "hidden" });
  }

  read(name) {
    return readFileSync(join(this.workspace, name), "utf8");
  }

  /** Waits until the item in the status bar says something. */
  async status(pattern) {
    const item = this.page.locator('.statusbar-item[id*="dynalens"]').first();
    let last;
    try {
      await this.until("status", async () => {
        last = await item.getAttribute("aria-label");
        return pattern.test(last);
      });
    } catch {
      throw new Error(`the status bar says ${last} and should say ${pattern}`);
    }
  }
}
