//! A project on the disk, and what the command line says of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

/// Diagnostics by file, each as a line of place, severity, policy and message, in order.
pub type Found = BTreeMap<String, Vec<String>>;

/// A copy in a directory of its own, which goes with it.
pub struct Project {
    pub name: String,
    pub root: PathBuf,
}

impl Drop for Project {
    fn drop(&mut self) {
        let own = self.root.parent().unwrap_or(&self.root);
        let _ = fs::remove_dir_all(own);
    }
}

impl Project {
    pub fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let project = Self::empty(name);
        for (file, text) in files {
            let path = project.root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        project
    }

    /// A copy of one of `fixtures/projects`.
    pub fn fixture(name: &str) -> Self {
        let project = Self::empty(name);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects").join(name), &project.root);
        project
    }

    fn empty(name: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let own = format!("dynalens-editors-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let root = std::env::temp_dir().join(own).join(name);
        // A root of its own: no configuration from above counts.
        fs::create_dir_all(root.join(".git")).unwrap();
        Self { name: name.to_owned(), root: root.canonicalize().unwrap() }
    }

    /// All files that an editor may open, in order.
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        list(&self.root, &self.root, &mut files);
        files.sort();
        files
    }

    /// What the command line finds and cannot read, by file; files without anything are there with nothing.
    pub fn found(&self) -> Found {
        let mut found: Found = self.files().into_iter().map(|file| (file, Vec::new())).collect();
        let report: Value = serde_json::from_slice(&self.run(&["--format", "json"])).unwrap();
        let list = |key: &str| report[key].as_array().unwrap().clone();
        for finding in list("findings") {
            if finding["status"] == "active" {
                let severity = match finding["severity"].as_str().unwrap() {
                    "high" => 1,
                    "medium" => 2,
                    "low" => 3,
                    _ => 4,
                };
                let policy = finding["policy"].as_str().unwrap();
                let case = finding["case"].as_str().map(|case| format!(" when {case}")).unwrap_or_default();
                let message = format!("{}{case}", finding["message"].as_str().unwrap());
                self.add(&mut found, &finding, severity, policy, &message);
            }
        }
        for (key, severity) in [("errors", 1), ("notes", 3)] {
            for problem in list(key) {
                self.add(&mut found, &problem, severity, "", problem["message"].as_str().unwrap());
            }
        }
        for list in found.values_mut() {
            list.sort();
        }
        found
    }

    fn add(&self, found: &mut Found, one: &Value, severity: u64, policy: &str, message: &str) {
        let file = one["file"].as_str().unwrap();
        let text = fs::read(self.root.join(file)).unwrap();
        let place = |end: &str| {
            let before = &text[..usize::try_from(one["span"][end]["offset"].as_u64().unwrap()).unwrap()];
            let line = memchr::memchr_iter(b'\n', before).count();
            let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
            format!("{line}:{column}")
        };
        let place = if one["span"].is_object() { (place("start"), place("end")) } else { ("0:0".into(), "0:0".into()) };
        let line = format!("{}-{} {severity} {policy} {message}", place.0, place.1);
        found.get_mut(file).unwrap_or_else(|| panic!("{file} was not opened")).push(line);
    }

    /// What `dynalens fix` makes of a file; the project stays as it is.
    pub fn fixed(&self, file: &str, arguments: &[&str]) -> String {
        let copied = Self::empty(&self.name);
        copy(&self.root, &copied.root);
        copied.run(&[&["fix"], arguments].concat());
        fs::read_to_string(copied.root.join(file)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Vec<u8> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dynalens"));
        command.args(arguments).current_dir(&self.root).env_clear().stdin(Stdio::null());
        command.output().unwrap().stdout
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn list(root: &Path, folder: &Path, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != ".git") {
                list(root, &path, into);
            }
        } else if path.extension().is_some_and(|extension| {
            ["yaml", "yml", "json", "tf", "tfvars", "hcl"].iter().any(|known| extension == *known)
        }) {
            into.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}
