//! What lies in a repository, as far as a first configuration has to know.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::locate::Here;
use super::parameters;
use crate::config;
use crate::source::{DiscoverOptions, FileKind, FileSystem, SKIPPED, Sources, discover};

/// The counts and the files that a configuration may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Templates that may hold something of interest.
    pub templates: usize,
    /// Directories with Terraform files that may.
    pub modules: usize,
    pub plans: usize,
    /// By the environment's name: variable files that Terraform does not load by itself, and parameter files.
    pub environments: BTreeMap<String, Files>,
    /// Directories whose code is deployed by nobody, by their names.
    pub samples: Vec<String>,
    /// Directories with policies of the repository's own.
    pub policy_folders: Vec<String>,
    /// The configuration that holds already.
    pub configuration: Option<PathBuf>,
}

/// What a deployment is given; paths with `/`, relative to the surveyed directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub variables: Vec<String>,
    pub parameters: Vec<String>,
}

/// How far and how much is looked at.
const MAX_DEPTH: usize = 8;
const MAX_FILES: usize = 20_000;

/// Directories of code that is shown or tested and not deployed.
const SAMPLES: [&str; 8] = ["example", "examples", "sample", "samples", "test", "tests", "fixtures", "testdata"];

/// Looks at a directory.
#[must_use]
pub fn survey(directory: &Path, fs: &dyn FileSystem) -> Survey {
    let here = Here::new(fs);
    let mut survey = Survey {
        configuration: config::find(fs, &here.absolute(directory)).map(|path| here.shown(&path)),
        ..Survey::default()
    };
    let shown = here.shown(directory);
    let start = if shown.as_os_str().is_empty() { ".".to_owned() } else { shown.to_string_lossy().into_owned() };
    let options = DiscoverOptions { paths: vec![start], exclude: Vec::new(), base: shown.clone() };
    let mut modules: Vec<PathBuf> = Vec::new();
    let mut samples: Vec<String> = Vec::new();
    for file in discover(fs, &options).files.iter().filter(|file| !file.relevance.is_empty()) {
        match file.kind {
            FileKind::Yaml | FileKind::Json => survey.templates += 1,
            FileKind::TerraformPlan => survey.plans += 1,
            kind if kind.is_module_file() => modules.extend(file.path.parent().map(Path::to_owned)),
            _ => continue,
        }
        let inside = file.path.strip_prefix(&shown).unwrap_or(&file.path);
        let names = inside.parent().into_iter().flat_map(Path::components);
        samples.extend(
            names.filter_map(|part| part.as_os_str().to_str()).find(|name| SAMPLES.contains(name)).map(str::to_owned),
        );
    }
    modules.sort();
    modules.dedup();
    survey.modules = modules.len();
    samples.sort();
    samples.dedup();
    survey.samples = samples;
    let mut left = MAX_FILES;
    let mut walk = Walk { fs, base: &shown, survey: &mut survey, left: &mut left };
    walk.directory(&shown, 0);
    survey
}

struct Walk<'a> {
    fs: &'a dyn FileSystem,
    base: &'a Path,
    survey: &'a mut Survey,
    left: &'a mut usize,
}

impl Walk<'_> {
    fn directory(&mut self, directory: &Path, depth: usize) {
        let entries = self.fs.list(directory);
        let module = entries.iter().any(|entry| {
            !entry.is_dir && FileKind::of_name(Path::new(&entry.name)).is_some_and(FileKind::is_module_file)
        });
        for entry in entries {
            let path = directory.join(&entry.name);
            if *self.left == 0 || entry.name.starts_with('.') {
                continue;
            }
            *self.left -= 1;
            if entry.is_dir {
                let passed = SKIPPED.contains(&entry.name.as_str()) || SAMPLES.contains(&entry.name.as_str());
                if depth < MAX_DEPTH && !passed && entry.name != "cdk.out" {
                    self.directory(&path, depth + 1);
                }
                continue;
            }
            match FileKind::of_name(&path) {
                Some(FileKind::Variables) if !(module && is_automatic(&entry.name)) => {
                    let files = self.files(&path);
                    files.0.variables.push(files.1);
                }
                Some(FileKind::Json | FileKind::Yaml) if self.holds_parameters(&path) => {
                    let files = self.files(&path);
                    files.0.parameters.push(files.1);
                }
                None if path.extension().is_some_and(|end| end == "md") && self.is_policy(&path) => {
                    let folder = self.relative(directory);
                    if !folder.is_empty() && !self.survey.policy_folders.contains(&folder) {
                        self.survey.policy_folders.push(folder);
                    }
                }
                _ => {}
            }
        }
    }

    fn relative(&self, path: &Path) -> String {
        path.strip_prefix(self.base).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    /// The files of the environment that a file is named for, and the file's path.
    fn files(&mut self, path: &Path) -> (&mut Files, String) {
        let relative = self.relative(path);
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let stem = name.split('.').next().unwrap_or(name);
        let plain = ["terraform", "parameters", "params", "variables", "config", "main"];
        let parent = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        let environment = match parent {
            Some(parent) if plain.contains(&stem) => parent,
            _ => stem,
        };
        (self.survey.environments.entry(environment.to_owned()).or_default(), relative)
    }

    /// Whether a file is one of those that hold parameters and nothing else.
    fn holds_parameters(&self, path: &Path) -> bool {
        const LARGEST: u64 = 1 << 18;
        let mut bytes = Vec::new();
        if self.fs.read_into(path, LARGEST, &mut bytes).is_err() {
            return false;
        }
        let has = |word: &[u8]| memchr::memmem::find(&bytes, word).is_some();
        let marked = has(b"ParameterKey") || has(b"Parameters") && !has(b"Resources");
        let Some(text) = std::str::from_utf8(&bytes).ok().filter(|_| marked) else { return false };
        let sources = Sources::new();
        let (found, problems) = parameters::read(&sources.add(path, text));
        !found.is_empty() && problems.is_empty()
    }

    fn is_policy(&self, path: &Path) -> bool {
        const LARGEST: u64 = 1 << 18;
        let mut bytes = Vec::new();
        self.fs.read_into(path, LARGEST, &mut bytes).is_ok()
            && bytes.starts_with(b"---")
            && memchr::memmem::find(&bytes, b"\napplies-to:").is_some()
            && memchr::memmem::find(&bytes, b"\nrequire:").is_some()
    }
}

/// Whether Terraform loads a variable file by itself.
fn is_automatic(name: &str) -> bool {
    matches!(name, "terraform.tfvars" | "terraform.tfvars.json")
        || name.ends_with(".auto.tfvars")
        || name.ends_with(".auto.tfvars.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Overlay;

    const TABLE: &str = "resource \"aws_dynamodb_table\" \"t\" {}\n";

    #[test]
    fn files_are_told_by_the_environment_that_they_are_for() {
        let mut fs = Overlay::in_memory();
        for (path, text) in [
            ("main.tf", TABLE),
            ("terraform.tfvars", ""),
            ("env/prod.tfvars", ""),
            ("env/dev/terraform.tfvars", ""),
            ("params/prod.json", "[{\"ParameterKey\": \"A\", \"ParameterValue\": \"b\"}]"),
            ("package.json", "{\"name\": \"x\"}"),
            ("examples/small/main.tf", TABLE),
            ("t.yaml", "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n"),
        ] {
            fs.set(Path::new("repo").join(path), text);
        }
        let found = survey(Path::new("repo"), &fs);
        assert_eq!((found.templates, found.modules), (1, 2), "{found:?}");
        assert_eq!(found.samples, ["examples"]);
        let names: Vec<&str> = found.environments.keys().map(String::as_str).collect();
        assert_eq!(names, ["dev", "prod"]);
        assert_eq!(found.environments["prod"].variables, ["env/prod.tfvars"]);
        assert_eq!(found.environments["prod"].parameters, ["params/prod.json"]);
        assert_eq!(found.environments["dev"].variables, ["env/dev/terraform.tfvars"]);
    }
}
