//! What is written to a terminal, on one that the `script` command of Linux makes.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use super::support::{Project, TABLE};

/// What appears on a terminal of this width; nothing where there is no `script`.
fn shown(project: &Project, columns: u32, arguments: &str, environment: &[(&str, &str)]) -> Option<String> {
    let line = format!("stty cols {columns}; exec {} {arguments}", env!("CARGO_BIN_EXE_dynalens"));
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).current_dir(project.path());
    command.env_clear().env("PATH", std::env::var_os("PATH")?).env("TERM", "xterm-256color").env("SHELL", "/bin/sh");
    command.envs(environment.iter().copied());
    let output = command.stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8(output.stdout).expect("reports are UTF-8"))
}

#[test]
fn a_terminal_gets_colours_unless_somebody_says_no() {
    let project = Project::new(&[("t.yaml", TABLE)]);
    let Some(coloured) = shown(&project, 80, "", &[]) else {
        // Nothing to see without a terminal.
        return;
    };
    assert!(coloured.contains("\u{1b}[") && coloured.contains("deletion-protection-disabled"), "{coloured:?}");
    for (arguments, environment) in [("", &[("NO_COLOR", "1")][..]), ("--color never", &[])] {
        let plain = shown(&project, 80, arguments, environment).expect("it was there before");
        assert!(plain.contains("deletion-protection-disabled") && !plain.contains('\u{1b}'), "{plain:?}");
        let widest = plain.lines().map(|line| line.trim_end().chars().count()).max();
        assert!(widest <= Some(80), "{plain}");
    }
}
