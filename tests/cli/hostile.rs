//! What strangers write into names, tags, values and reasons stays text in every output; secrets stay secret.

use super::support::{Project, Run};

const FORMATS: [&str; 10] =
    ["human", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown"];

/// Breaks out of terminals, workflow commands, Markdown, HTML, XML, JSON and SARIF's links, if anything lets it.
const EVIL: &str = "\u{1b}[31m\u{1b}]8;;https://evil.example\u{1b}\\\u{202e}\u{9b}2J\"'><script>alert(1)</script><!--]]>&x;|`a`*b*_c_[link](https://evil.example)![i](x)@everyone #1 {0}%0A%0D::error::owned";

/// As a YAML or HCL text in double quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '$' | '%' => out.push(letter),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// As a text of Terraform's.
fn hcl(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\u{1b}', "\\u001b").replace('\u{9b}', "\\u009b").replace('\u{202e}', "\\u202e"))
}

fn hostile() -> Project {
    let evil = quoted(&EVIL.replace('\u{1b}', "\\e"))
        .replace("\\\\e", "\\e")
        .replace('\u{9b}', "\\x9b")
        .replace('\u{202e}', "\\u202e");
    let template = format!(
        "Parameters:\n  Env:\n    Type: String\n    AllowedValues: [prod, {evil}]\nConditions:\n  Odd: !Equals [!Ref Env, {evil}]\nResources:\n  {evil}:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: {evil}\n      BillingMode: !If [Odd, PAY_PER_REQUEST, PROVISIONED]\n      DeletionProtectionEnabled: !If [Odd, false, true]\n      AttributeDefinitions: [{{ AttributeName: {evil}, AttributeType: S }}]\n      KeySchema: [{{ AttributeName: {evil}, KeyType: HASH }}]\n      Tags: [{{ Key: {evil}, Value: {evil} }}]\n  Quiet:\n    Type: AWS::DynamoDB::Table\n    Metadata: {{ dynalens: {{ ignore: [{{ policy: point-in-time-recovery-disabled, reason: {evil} }}, {{ policy: {evil}, reason: x }}] }} }}\n    Properties:\n      BillingMode: PAY_PER_REQUEST\n      AttributeDefinitions: [{{ AttributeName: id, AttributeType: S }}]\n      KeySchema: [{{ AttributeName: id, KeyType: HASH }}]\n"
    );
    let module = "resource \"aws_dynamodb_table\" \"t\" {\n  for_each = toset([\"<script>|`x`[l](https://evil.example)@everyone\"])\n  name     = \"a\\u001b[31m::error::owned<b>\"\n  hash_key = \"id\"\n}\n";
    // Reasons in comments, names of modules and values from files of variables.
    let comment = EVIL.replace('\u{9b}', "").replace('\u{1b}', "\u{7f}");
    let calls = format!(
        "variable \"name\" {{}}\nmodule \"m\" {{\n  source = \"./m\"\n  name   = var.name\n}}\n# dynalens: ignore[deletion-protection-disabled] {comment}\nresource \"aws_dynamodb_table\" \"quiet\" {{\n  name     = var.name\n  hash_key = \"id\"\n  tags     = {{ (var.name) = var.name }}\n}}\n"
    );
    let inner = "variable \"name\" {}\nresource \"aws_dynamodb_table\" \"t\" {\n  name     = var.name\n  hash_key = var.name\n}\n";
    let values = format!("name = {}\n", hcl(EVIL));
    let json = format!(
        "{{\"resource\": {{\"aws_dynamodb_table\": {{\"j\": {{\"//\": \"dynalens: ignore[point-in-time-recovery-disabled] {comment_json}\", \"name\": \"${{upper(\\\"<b>::error::x\\\")}}\", \"hash_key\": \"id\"}}}}}}}}",
        comment_json = comment.replace('"', "\\\"").replace('\u{7f}', "\\u001b")
    );
    let settings = format!(
        "policies: {{ required-tag-missing: {{ required: [{evil}] }} }}\nsuppressions: [{{ policy: deletion-protection-disabled, address: Quiet, reason: {evil} }}]\n"
    );
    let project = Project::new(&[
        ("dynalens.yml", &settings),
        ("sub/main.tf", module),
        ("live/main.tf", &calls),
        ("live/m/main.tf", inner),
        ("live/terraform.tfvars", &values),
        ("json/main.tf.json", &json),
    ]);
    // Not every system has such names.
    let name = if cfg!(windows) { "t.yaml".to_owned() } else { format!("{}\n.yaml", EVIL.replace('/', "-")) };
    project.write(&name, &template);
    project
}

/// Characters that a terminal or a viewer obeys, line breaks and tabs aside.
fn treacherous(text: &str) -> Option<char> {
    text.chars().find(|letter| {
        letter.is_control() && !matches!(letter, '\n' | '\t')
            || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

fn report(project: &Project, format: &str) -> Run {
    project.run(&["--profile=all", "--show-suppressed", "--format", format])
}

#[test]
fn no_output_holds_a_character_that_a_terminal_obeys() {
    let project = hostile();
    for format in FORMATS {
        let run = report(&project, format);
        assert!(run.stdout.len() > 300, "{format}: {}", run.stdout);
        assert_eq!(treacherous(&run.stdout), None, "{format}: {:?}", run.stdout);
        assert_eq!(treacherous(&run.stderr), None, "{format}");
    }
    for arguments in [
        &["config", "show"][..],
        &["doctor"],
        &["explain", "\u{1b}[31m"],
        &["--environment", "\u{1b}[31m"],
        &["--select", "\u{1b}[31m"],
        &["--changed-since", "\u{1b}[31m"],
        &["no-\u{1b}[31m.tf"],
        &["init", "--print"],
        &["model", "--origins"],
        &["baseline", "create"],
        &["fix", "--unsafe", "--profile=all"],
        &["suppress", "--reason", "\u{1b}[31m"],
    ] {
        let run = project.run(arguments);
        assert_eq!(treacherous(&run.stdout), None, "{arguments:?}: {:?}", run.stdout);
        assert_eq!(treacherous(&run.stderr), None, "{arguments:?}: {:?}", run.stderr);
    }
}

#[test]
fn annotations_are_the_programs_own_lines_only() {
    let run = report(&hostile(), "github");
    for line in run.stdout.lines() {
        let known = ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start));
        assert!(known, "{line}");
        let (head, _) = line[2..].split_once("::").expect("it has a text");
        assert!(!head.contains("::"), "{line}");
    }
    // In reports for people a workflow command would be obeyed, too, at the beginning of a line.
    for format in ["human", "concise", "markdown"] {
        let run = report(&hostile(), format);
        assert!(run.stdout.lines().all(|line| !line.trim_start().starts_with("::")), "{format}: {}", run.stdout);
    }
}

#[test]
fn pages_hold_no_markup_of_strangers() {
    let project = hostile();
    let markdown = report(&project, "markdown").stdout;
    for evil in ["<script", "<!--", "@everyone", "](https://evil.example)", "![i](x)"] {
        assert!(!markdown.contains(evil), "{evil}: {markdown}");
    }
    let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 3 && rows.iter().all(|row| row.replace("\\|", "").matches('|').count() == 5), "{markdown}");
    for format in ["junit", "checkstyle"] {
        let xml = report(&project, format).stdout;
        let known = ["testsuites", "testsuite", "testcase", "failure", "error", "checkstyle", "file", "?xml"];
        for tag in xml.split('<').skip(1) {
            let name = tag.trim_start_matches('/');
            assert!(known.iter().any(|known| name.starts_with(known)), "{format}: <{tag}");
        }
        for entity in xml.split('&').skip(1) {
            let name = entity.split(';').next().unwrap_or_default();
            assert!(matches!(name, "amp" | "lt" | "gt" | "quot" | "apos" | "#10" | "#9"), "{format}: &{entity}");
        }
    }
}

#[test]
fn code_scanning_and_code_quality_get_text_and_no_links() {
    let project = hostile();
    let sarif = report(&project, "sarif").json();
    let mut texts = Vec::new();
    messages(&sarif["runs"][0]["results"], &mut texts);
    messages(&sarif["runs"][0]["invocations"], &mut texts);
    assert!(texts.len() > 5);
    for text in texts {
        // A link is a bracket that no backslash stands before.
        let link = text.match_indices('[').any(|(at, _)| !text[..at].ends_with('\\') && text[at..].contains("]("));
        assert!(!link, "{text}");
    }
    for issue in report(&project, "gitlab").json().as_array().expect("a list") {
        let description = issue["description"].as_str().expect("a text");
        assert!(!description.contains('\n') && treacherous(description).is_none(), "{description}");
    }
}

fn messages(value: &serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            found.extend(fields.get("message").and_then(|message| message["text"].as_str()).map(str::to_owned));
            fields.values().for_each(|value| messages(value, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|value| messages(value, found)),
        _ => {}
    }
}

/// Each secret is a word of its own, so that one that gets out is recognised.
const SECRETS: [&str; 8] = [
    "hunter-default",
    "hunter-given",
    "hunter-passed",
    "hunter-variable",
    "hunter-tfvars",
    "hunter-function",
    "hunter-output",
    "hunter-local",
];

#[test]
fn secrets_appear_in_no_output() {
    let template = "Parameters:\n  Password:\n    Type: String\n    NoEcho: true\n    Default: hunter-default\n  Other: { Type: String, NoEcho: \"true\" }\nConditions:\n  Weak: !Equals [!Ref Password, weak]\nResources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: !Ref Password\n      BillingMode: PAY_PER_REQUEST\n      DeletionProtectionEnabled: !If [Weak, false, true]\n      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]\n      KeySchema: [{ AttributeName: id, KeyType: HASH }]\n      SSESpecification: { SSEEnabled: true, KMSMasterKeyId: !Sub 'arn:aws:kms:eu-west-1:1:key/${Password}' }\n      GlobalSecondaryIndexes: [{ IndexName: !Ref Password, KeySchema: [{ AttributeName: !Ref Other, KeyType: HASH }], Projection: { ProjectionType: ALL } }]\n      Tags:\n        - { Key: !Ref Password, Value: x }\n        - { Key: owner, Value: !Ref Password }\n        - { Key: owner, Value: !Ref Other }\n";
    let parameters = "[\n{\"ParameterKey\": \"Other\", \"ParameterValue\": \"hunter-given\"}\n]\n";
    let module = "variable \"secret\" {\n  type      = string\n  sensitive = true\n  default   = \"hunter-variable\"\n}\nvariable \"given\" {\n  type      = string\n  sensitive = true\n}\nvariable \"pitr\" {\n  type = bool\n}\nlocals {\n  hidden = sensitive(\"hunter-local\")\n}\nmodule \"m\" {\n  source = \"./m\"\n  inside = \"hunter-passed\"\n}\nresource \"aws_dynamodb_table\" \"t\" {\n  name     = var.secret\n  hash_key = \"id\"\n  billing_mode = var.secret == \"hunter-variable\" ? \"PROVISIONED\" : \"PAY_PER_REQUEST\"\n  tags = { a = var.given, b = sensitive(\"hunter-function\"), c = local.hidden, d = module.m.out }\n  point_in_time_recovery {\n    enabled = var.pitr\n  }\n  server_side_encryption {\n    enabled     = true\n    kms_key_arn = var.secret\n  }\n}\n";
    let inner = "variable \"inside\" {\n  sensitive = true\n}\noutput \"out\" {\n  sensitive = true\n  value     = \"hunter-output\"\n}\nresource \"aws_dynamodb_table\" \"u\" {\n  name = var.inside\n  hash_key = \"id\"\n}\n";
    let tfvars = "given = \"hunter-tfvars\"\npitr = false\n";
    let project = Project::new(&[
        ("t.yaml", template),
        ("params.json", parameters),
        ("main.tf", &module.replace("  inside = \"hunter-passed\"\n", "  inside = var.secret\n")),
        ("m/main.tf", inner),
        ("terraform.tfvars", tfvars),
        (
            "dynalens.yml",
            "environments: { prod: { parameter-files: [params.json] } }\nkey-class: customer-managed\npolicies: { required-tag-missing: { required: [x] } }\n",
        ),
    ]);
    let mut outputs = Vec::new();
    for format in FORMATS {
        outputs.push((format.to_owned(), report(&project, format)));
    }
    for arguments in [&["model"][..], &["model", "--origins"], &["doctor"], &["baseline", "create"]] {
        outputs.push((arguments.join(" "), project.run(arguments)));
    }
    // What the condition compares with is code, and stands in it for all to see; its line is not shown.
    for (what, run) in &outputs {
        for secret in SECRETS {
            assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{what}: {secret}: {}", run.stdout);
        }
    }
    let baseline = std::fs::read_to_string(project.path().join("dynalens-baseline.json")).expect("it was written");
    assert!(!baseline.contains("hunter"));
    // What does not need the values is judged all the same: there is a key, and there are tags.
    let judged = ["key-class-below-requirement", "resource-untagged"];
    let found = project.run(&["--profile=all", "--select", &judged.join(","), "--format=json", "t.yaml"]).json();
    assert_eq!(found["undetermined"], serde_json::json!([]), "{found}");
    // Lines beside a label are shown, and the secret on them is not.
    let human = &outputs[0].1.stdout;
    assert!(human.contains("pitr = false") && human.contains("given = ****"), "{human}");
    // A file of values that can't be read is named and not shown.
    project.write("terraform.tfvars", "given = \"hunter-tfvars\npitr = = false\n");
    for format in FORMATS {
        let run = report(&project, format);
        assert_eq!(run.code, 2, "{format}");
        assert!(!run.stdout.contains("hunter-tfvars"), "{format}: {}", run.stdout);
    }
}
