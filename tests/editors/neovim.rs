//! Runs Neovim without a window, with nothing of this machine's configuration; `neovim.lua` is what it does.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::project::{Found, Project};

/// What Neovim held before and after the actions, and the texts that it saved.
#[derive(Debug)]
pub struct Answer {
    pub before: Found,
    pub after: Found,
    pub text: BTreeMap<String, String>,
}

/// Opens files and applies actions. Nothing where there is no Neovim, which is said.
pub fn neovim(project: &Project, files: &[String], actions: &[Value]) -> Option<Answer> {
    if !Command::new("nvim").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("DYNALENS_NEOVIM").is_none_or(|value| value != "required"), "there is no nvim");
        // Past the test harness, which shows nothing of tests that pass.
        let _ = writeln!(std::io::stderr(), "left out: Neovim on `{}`, as there is no nvim", project.name);
        return None;
    }
    let home = Project::new("home", &[]);
    let answer = home.root.join("answer.json");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/editors/neovim.lua");
    let total: usize =
        project.found().iter().filter(|(file, _)| files.contains(file)).map(|(_, list)| list.len()).sum();
    let task = json!({ "root": project.root, "files": files, "total": total, "actions": actions });
    let mut command = Command::new("nvim");
    command.args(["--headless", "--clean", "-i", "NONE", "-n", "-c"]).arg(format!("luafile {}", script.display()));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for place in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(place, &home.root);
    }
    command.env("DYNALENS", env!("CARGO_BIN_EXE_dynalens")).env("TASK", task.to_string()).env("ANSWER", &answer);
    let output = command.current_dir(&project.root).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let text = fs::read_to_string(&answer).unwrap_or_else(|_| panic!("{}: nvim has no answer: {said}", project.name));
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(value["failure"].is_null(), "{}: {}\n{said}", project.name, value["failure"]);
    let texts = value["text"].as_object().into_iter().flatten();
    Some(Answer {
        before: found(&value["before"]),
        after: found(&value["after"]),
        text: texts.map(|(file, text)| (file.clone(), text.as_str().unwrap().to_owned())).collect(),
    })
}

/// The diagnostics in the form of [`Project::found`].
fn found(files: &Value) -> Found {
    let line = |one: &Value| {
        assert_eq!(one["source"], "dynalens");
        let message = one["message"].as_str().unwrap().lines().next().unwrap_or_default();
        format!(
            "{}:{}-{}:{} {} {} {message}",
            one["line"],
            one["column"],
            one["end_line"],
            one["end_column"],
            one["severity"],
            one["code"].as_str().unwrap_or_default()
        )
    };
    let files = files.as_object().into_iter().flatten();
    let sorted = files.map(|(file, list)| {
        // Lua's empty table is an object to JSON, or a list.
        let mut list: Vec<String> = list.as_array().into_iter().flatten().map(line).collect();
        list.sort();
        (file.clone(), list)
    });
    sorted.collect()
}
