//! The cases of `fixtures/terraform-configurations`: several files in one text, and what Terraform made of them.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// A configuration with Terraform's answers.
pub struct Case {
    pub name: String,
    /// The files of the configuration by their paths.
    pub files: Vec<(PathBuf, String)>,
    pub runs: Vec<Run>,
    /// Outputs that have one value whatever the unknowns will be, though Terraform does not say so before the apply.
    pub known_earlier: Vec<String>,
    /// Outputs of which Terraform knows more than is asked for here.
    pub known_later: Vec<String>,
    /// Why what Terraform rejects is passed over here.
    pub passed_over: bool,
}

/// One set of arguments and Terraform's answer to it.
pub struct Run {
    pub name: String,
    pub arguments: Vec<Argument>,
    pub expected: Json,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// `-var NAME=VALUE`
    Var(String, String),
    /// `-var-file PATH`
    VarFile(String),
    /// `workspace NAME`
    Workspace(String),
    /// `root PATH`: the directory of the root module.
    Root(String),
    /// `env NAME=VALUE`: a variable of the environment.
    Environment(String, String),
}

impl Argument {
    fn parse(line: &str) -> Self {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "-var" => {
                let (name, value) = rest.split_once('=').expect("`-var NAME=VALUE`");
                Self::Var(name.to_owned(), value.to_owned())
            }
            "-var-file" => Self::VarFile(rest.to_owned()),
            "workspace" => Self::Workspace(rest.to_owned()),
            "root" => Self::Root(rest.to_owned()),
            "env" => {
                let (name, value) = rest.split_once('=').expect("`env NAME=VALUE`");
                Self::Environment(name.to_owned(), value.to_owned())
            }
            _ => panic!("no such argument: {line}"),
        }
    }
}

impl Run {
    /// The directory of the root module.
    pub fn root(&self) -> PathBuf {
        let root = self.arguments.iter().find_map(|argument| match argument {
            Argument::Root(path) => Some(PathBuf::from(path)),
            _ => None,
        });
        root.unwrap_or_else(|| PathBuf::from("."))
    }

    pub fn workspace(&self) -> &str {
        let workspace = self.arguments.iter().find_map(|argument| match argument {
            Argument::Workspace(name) => Some(name.as_str()),
            _ => None,
        });
        workspace.unwrap_or("default")
    }
}

impl Case {
    pub fn read(path: &Path) -> Self {
        let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).expect("a case can be read");
        let mut sections: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            let marker = line.trim_end().strip_prefix("-- ").and_then(|line| line.strip_suffix(" --"));
            match (marker.filter(|name| !name.contains(' ')), sections.last_mut()) {
                (Some(name), _) => sections.push((name.to_owned(), String::new())),
                (None, Some((_, section))) => section.push_str(line),
                (None, None) => {}
            }
        }
        let mut case = Self {
            name,
            files: Vec::new(),
            runs: Vec::new(),
            known_earlier: Vec::new(),
            known_later: Vec::new(),
            passed_over: false,
        };
        let mut expected = Json::Null;
        for (name, section) in sections {
            let lines = || section.lines().filter(|line| !line.trim().is_empty());
            if name == "expected.json" {
                expected = serde_json::from_str(&section).unwrap_or_else(|error| panic!("{}: {error}", case.name));
            } else if name == "known-earlier" {
                case.known_earlier = lines().map(str::to_owned).collect();
            } else if name == "known-later" {
                case.known_later = lines().map(str::to_owned).collect();
            } else if name == "passed-over" {
                case.passed_over = true;
            } else if name == "args" || name.starts_with("args.") {
                let name = name.strip_prefix("args.").unwrap_or("plain").to_owned();
                let arguments = lines().map(Argument::parse).collect();
                case.runs.push(Run { name, arguments, expected: Json::Null });
            } else {
                case.files.push((PathBuf::from(name), section));
            }
        }
        if case.runs.is_empty() {
            case.runs.push(Run { name: "plain".to_owned(), arguments: Vec::new(), expected: Json::Null });
        }
        for run in &mut case.runs {
            run.expected =
                expected.get(&run.name).unwrap_or_else(|| panic!("{}: record {}", case.name, run.name)).clone();
        }
        case
    }

    /// All cases, in the order of their names; those of another folder where `CASES` names one.
    pub fn all() -> Vec<Self> {
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/terraform-configurations");
        let folder = std::env::var_os("CASES").map_or_else(own, PathBuf::from);
        let entries = std::fs::read_dir(folder).expect("the fixtures are there");
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }
}
