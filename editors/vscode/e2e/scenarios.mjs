// What a person does with the extension, and what has to be seen then.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Editor } from "./editor.mjs";

const TEMPLATE = `AWSTemplateFormatVersion: "2010-09-09"
Description: the orders of the shop
Parameters:
  Recovery:
    Type: String
    Default: "false"
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - { AttributeName: id, AttributeType: S }
      KeySchema:
        - { AttributeName: id, KeyType: HASH }
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: !Ref Recovery
      DeletionProtectionEnabled: true
      Tags:
        - { Key: owner, Value: shop }
`;

const LETTERS = `Description: "🧺 orders"
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties: { BillingMode: PAY_PER_REQUEST,
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }],
      KeySchema: [{ AttributeName: id, KeyType: HASH }],
      Tags: [{ Key: "🧺🧺 e\u0301\u0301", Value: "🇪🇺" }], DeletionProtectionEnabled: false,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      TableName: "🧺 caf\u00e9" }
`;

const HINTS = `Parameters:
  Environment: { Type: String, AllowedValues: [dev, prod] }
Conditions:
  IsProd: !Equals [!Ref Environment, prod]
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BillingMode: !If [IsProd, PROVISIONED, PAY_PER_REQUEST]
      ProvisionedThroughput: !If [IsProd, { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }, !Ref AWS::NoValue]
      AttributeDefinitions:
        - { AttributeName: id, AttributeType: S }
      KeySchema:
        - { AttributeName: id, KeyType: HASH }
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: !If [IsProd, false, true]
      DeletionProtectionEnabled: true
      Tags:
        - { Key: environment, Value: !Ref Environment }
`;

const TERRAFORM = {
  "main.tf": `resource "aws_dynamodb_table" "orders" {
  name                        = "orders"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = var.protected

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  tags = { owner = "shop" }
}
`,
  "variables.tf": `variable "protected" {
  type    = bool
  default = false
}
`,
};

/** What \`dynalens fix\` makes of a file. */
function fixedByCommandLine(files, name) {
  const folder = mkdtempSync(join(tmpdir(), "dynalens-fix-"));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  spawnSync(process.env.DYNALENS, ["fix"], { cwd: folder });
  const text = readFileSync(join(folder, name), "utf8");
  rmSync(folder, { recursive: true });
  return text;
}

/** What the command line finds in a file, as marks: the kind of the squiggle and the characters under it. */
function marksOfCommandLine(folder, name) {
  const { stdout } = spawnSync(process.env.DYNALENS, ["--format", "json"], { cwd: folder });
  const bytes = readFileSync(join(folder, name));
  const kinds = { high: "error", medium: "warning", low: "info", info: "hint" };
  return JSON.parse(stdout)
    .findings.filter(({ file, status }) => file === name && status === "active")
    .map(({ severity, span }) => ({
      kind: kinds[severity],
      text: bytes.subarray(span.start.offset, span.end.offset).toString("utf8"),
    }));
}

const WITH_PROGRAM = { "dynalens.path": process.env.DYNALENS };

async function within(given, work) {
  const editor = await Editor.open(given);
  try {
    await work(editor);
  } catch (error) {
    await editor.picture("failure");
    throw error;
  } finally {
    await editor.close();
  }
}

export const scenarios = {
  /** No program anywhere: it is said, with ways on, and the status bar does not look as if all were well. */
  missing: (vsix) =>
    within(
      { vsix, files: { "template.yaml": TEMPLATE }, settings: { "dynalens.path": "/nowhere/dynalens" } },
      async (editor) => {
        await editor.openFile("template.yaml");
        const said = editor.page.locator(".notification-toast", { hasText: "/nowhere/dynalens" });
        await said.waitFor({ timeout: 120_000 });
        for (const button of ["Open Settings", "How to Install", "Try Again"]) {
          assert.equal(await said.getByRole("button", { name: button }).count(), 1, button);
        }
        await editor.status(/was not found/);
        await editor.picture("missing");
        await said.getByRole("button", { name: "How to Install" }).click();
        await editor.page.locator(".tab.active", { hasText: "INSTALL" }).waitFor();
      },
    ),

  /** Who opens nothing that it is for does not hear of a program that is missing, until a template is opened. */
  unasked: (vsix) =>
    within({ vsix, files: { "values.yaml": "a: 1\n", "template.yaml": TEMPLATE } }, async (editor) => {
      await editor.openFile("values.yaml");
      await editor.status(/is stopped/);
      assert.equal(await editor.page.locator(".notification-toast").count(), 0);
      await editor.openFile("template.yaml");
      await editor.page.locator(".notification-toast", { hasText: "program was not found" }).waitFor();
      await editor.status(/was not found/);
    }),

  /** A finding lies under the right characters; its fix does what the command line does, and then it is gone. */
  fix: (vsix) =>
    within({ vsix, files: { "template.yaml": TEMPLATE }, settings: WITH_PROGRAM, height: 700 }, async (editor) => {
      const wanted = await fixedByCommandLine({ "template.yaml": TEMPLATE }, "template.yaml");
      await editor.openFile("template.yaml");
      await editor.marks([{ kind: "error", text: "!Ref Recovery" }]);
      await editor.status(/1 error, 0 warnings, 0 notes/);
      await editor.goTo(19, 40);
      await editor.command("Show or Focus Hover");
      await editor.page.locator(".monaco-hover", { hasText: "can't be restored" }).waitFor();
      await editor.picture("finding");
      await editor.page.keyboard.press("Escape");
      await editor.quickFixes();
      await editor.picture("quick-fix");
      await editor.applyFirstFix();
      await editor.marks([]);
      await editor.page.keyboard.press("Control+s");
      await editor.until("the saved text is that of `dynalens fix`", () => editor.read("template.yaml") === wanted);
      await editor.status(/nothing found/);
      await editor.picture("fixed");
    }),

  /** Letters beyond the basic plane, combining marks and Windows' line ends do not move a mark. */
  letters: (vsix) => {
    const text = LETTERS.replaceAll("\n", "\r\n");
    return within({ vsix, files: { "template.yaml": text }, settings: WITH_PROGRAM }, async (editor) => {
      await editor.openFile("template.yaml");
      await editor.marks(marksOfCommandLine(editor.workspace, "template.yaml"));
      await editor.picture("letters");
    });
  },

  /** An unsaved edit in one file changes what is found in another one. */
  terraform: (vsix) =>
    within({ vsix, files: TERRAFORM, settings: WITH_PROGRAM }, async (editor) => {
      await editor.openFile("main.tf");
      const marks = marksOfCommandLine(editor.workspace, "main.tf");
      assert.ok(
        marks.some(({ text }) => text === "var.protected"),
        JSON.stringify(marks),
      );
      await editor.marks(marks);
      await editor.openFile("variables.tf");
      await editor.goTo(3, 13);
      await editor.page.keyboard.press("Shift+End");
      await editor.page.keyboard.type("true");
      await editor.openFile("main.tf");
      await editor.marks(marks.filter(({ text }) => text !== "var.protected"));
      assert.match(editor.read("variables.tf"), /= false/, "nothing was saved");
    }),

  /** The commands for one file and for the policy at the cursor. */
  commands: (vsix) =>
    within({ vsix, files: { "template.yaml": TEMPLATE }, settings: WITH_PROGRAM }, async (editor) => {
      await editor.openFile("template.yaml");
      await editor.marks([{ kind: "error", text: "!Ref Recovery" }]);
      await editor.goTo(19, 40);
      await editor.command("Explain the Policy at the Cursor");
      const page = editor.page.frameLocator("iframe.webview").frameLocator("#active-frame").locator("body");
      await page.getByText("Why it matters").waitFor({ timeout: 120_000 });
      await editor.picture("explained");
      await editor.left();
      await editor.command("Show the Model of This File");
      await editor.until("the model", async () => (await editor.lines()).some((line) => line.includes('"projects"')));
      await editor.picture("model");
      await editor.left();
      await editor.command("Restart the Language Server");
      await editor.marks([{ kind: "error", text: "!Ref Recovery" }]);
      await editor.page.locator('.statusbar-item[id*="dynalens"]').click();
      await editor.page.getByText("Check the whole workspace").waitFor();
    }),

  /** Values and counts are shown where they are asked for. */
  hints: (vsix) => {
    const settings = { ...WITH_PROGRAM, "dynalens.inlayHints": true, "dynalens.codeLens": true };
    return within({ vsix, files: { "template.yaml": HINTS }, settings }, async (editor) => {
      await editor.openFile("template.yaml");
      await editor.until("the hint", async () =>
        (await editor.lines()).some((line) => line.includes("Value: !Ref Environment") && line.includes("prod")),
      );
      await editor.page.locator(".codelens-decoration", { hasText: "finding" }).first().waitFor();
      await editor.goTo(11, 24);
      await editor.command("Show or Focus Hover");
      await editor.page.locator(".monaco-hover", { hasText: "when" }).waitFor();
      await editor.picture("hints");
    });
  },

  /** Several folders in one window, each with a configuration of its own. */
  folders: (vsix) => {
    const files = {
      "strict/template.yaml": TEMPLATE,
      "lenient/other.yaml": TEMPLATE,
      "lenient/dynalens.yml": "policies: { point-in-time-recovery-disabled: low }\n",
    };
    return within({ vsix, files, folders: ["strict", "lenient"], settings: WITH_PROGRAM }, async (editor) => {
      await editor.openFile("template.yaml");
      await editor.marks([{ kind: "error", text: "!Ref Recovery" }]);
      await editor.openFile("other.yaml");
      await editor.marks([{ kind: "info", text: "!Ref Recovery" }]);
      await editor.status(/1 error, 0 warnings, 1 note/);
    });
  },

  /** All safe fixes of a file at once are those of the command line. */
  "fix-all": (vsix) => {
    const text = TEMPLATE.replace("DeletionProtectionEnabled: true", "DeletionProtectionEnabled: false");
    return within({ vsix, files: { "template.yaml": text }, settings: WITH_PROGRAM }, async (editor) => {
      const wanted = fixedByCommandLine({ "template.yaml": text }, "template.yaml");
      await editor.openFile("template.yaml");
      await editor.marks(marksOfCommandLine(editor.workspace, "template.yaml"));
      await editor.command("Apply All Safe Fixes in This File");
      await editor.marks([]);
      await editor.page.keyboard.press("Control+s");
      await editor.until("the saved text is that of `dynalens fix`", () => editor.read("template.yaml") === wanted);
    });
  },

  /** Files that are not open are judged when somebody asks for it, and not before. */
  workspace: (vsix) => {
    const files = { "a.yaml": TEMPLATE, "deep/down/b.yaml": TEMPLATE };
    return within({ vsix, files, settings: WITH_PROGRAM }, async (editor) => {
      await editor.openFile("a.yaml");
      await editor.marks([{ kind: "error", text: "!Ref Recovery" }]);
      await editor.status(/1 error/);
      await editor.command("Check the Whole Workspace");
      await editor.status(/2 errors/);
      await editor.page.locator(".markers-panel", { hasText: "b.yaml" }).waitFor();
      await editor.picture("workspace");
    });
  },
};
