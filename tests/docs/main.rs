//! The generated pages of the documentation say what the binary says. `DYNALENS_WRITE_DOCS=1 cargo test --test docs`
//! writes them anew.

use std::path::Path;
use std::process::Command;

/// The head of a generated page, and the command whose output follows it.
const PAGES: &[(&str, &str, &[&str])] = &[
    (
        "docs/policies.md",
        "# Policies\n\nEvery policy by pillar. `dynalens explain NAME` prints what one means, with examples; \
         [its page](../policies) is the same text.\nThis page is written by `dynalens policies --format markdown`.\n\n",
        &["policies", "--format", "markdown"],
    ),
    (
        "docs/lens.md",
        "# Coverage of the DynamoDB Well-Architected Lens\n\nEach question of the Lens with its choices, the policies \
         that judge them, and what is left to people.\nThis page is written by `dynalens policies --lens --format \
         markdown`.\n\n",
        &["policies", "--lens", "--format", "markdown"],
    ),
    (
        "docs/model.md",
        "# The model\n\nWhat conditions of policies can ask, subject by subject; [policies/README.md](../policies/README.md) \
         says how pages use it.\nFields of a group stand behind its name, those of the items of a list behind `[]`. \
         A field whose type is the name of\na subject is a link to it. Where no place is given, code works the field \
         out. This page is written by\n`dynalens model --schema --format markdown`.\n\n",
        &["model", "--schema", "--format", "markdown"],
    ),
];

fn said(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_dynalens"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the binary starts");
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

#[test]
fn generated_pages_are_fresh() {
    let rewrite = std::env::var_os("DYNALENS_WRITE_DOCS").is_some_and(|value| value != "0");
    let mut stale = Vec::new();
    for (page, head, arguments) in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = format!("{head}{}", said(arguments).trim_end()) + "\n";
        if std::fs::read_to_string(&path).is_ok_and(|known| known == text) {
            continue;
        }
        if rewrite {
            std::fs::write(&path, text).expect("the page can be written");
        } else {
            stale.push(*page);
        }
    }
    assert!(stale.is_empty(), "{stale:?} are stale; write them with `DYNALENS_WRITE_DOCS=1 cargo test --test docs`");
}
