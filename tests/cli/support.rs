//! Runs the binary on fixtures and on projects that a test writes, in an environment that is scrubbed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a run gave.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("reports are UTF-8");
        Self {
            code: output.status.code().expect("no signal ended it"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// The report as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// `policy address status` of each finding, in the order of the report.
    pub fn findings(&self) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().expect("a list").iter();
        findings
            .map(|finding| {
                let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                format!(
                    "{} {} {}",
                    text(&finding["policy"]),
                    text(&finding["resource"]["address"]),
                    text(&finding["status"])
                )
            })
            .collect()
    }
}

/// The binary with nothing of this machine in its environment.
pub fn dynalens(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dynalens"));
    command.current_dir(directory).args(arguments).env_clear().stdin(Stdio::null());
    for kept in ["SystemRoot", "LD_LIBRARY_PATH"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

pub fn run(directory: &Path, arguments: &[&str]) -> Run {
    Run::of(&dynalens(directory, arguments).output().expect("it starts"))
}

/// Runs with a text on standard input.
pub fn run_with_input(directory: &Path, arguments: &[&str], input: &str) -> Run {
    use std::io::Write;
    let mut child = dynalens(directory, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // It may end without reading.
    let _ = child.stdin.take().expect("it is piped").write_all(input.as_bytes());
    Run::of(&child.wait_with_output().expect("it ends"))
}

/// One of the projects in `fixtures/projects`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects").join(name)
}

/// A directory with the given files, gone with the value. It is a repository of its own, so that no configuration
/// above it counts.
pub struct Project(PathBuf);

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("project-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let project = Self(root);
        project.write(".git/HEAD", "");
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().expect("it has one")).expect("the directory can be made");
        std::fs::write(path, text).expect("the file can be written");
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).expect("the file can be read")
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        run(&self.0, arguments)
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A table in CloudFormation without recovery and without protection.
pub const TABLE: &str = "Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
";
