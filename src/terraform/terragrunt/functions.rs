//! The functions that Terragrunt adds to Terraform's.
//!
//! What a machine, its user or AWS decides is unknown: nothing is run, and the environment is not looked at.

use std::path::{Path, PathBuf};

use crate::source::Span;
use crate::value::{Data, OriginId, Shape, Step, Symbol, Text, Value};

use super::super::dialect::Called;
use super::super::error::Error;
use super::super::functions::{self, Context};
use super::super::lift::{hoist, lift, unknown_of};
use super::super::scope::{Evaluator, Scope};
use super::document::{blocks, top};
use super::file::File;
use super::merge;
use super::reader::Frame;

/// What only a run of Terragrunt knows.
const OUTSIDE: &[(&str, &str, Shape)] = &[
    ("constraint_check", "version constraints are not looked at", Shape::Bool),
    ("get_aws_account_alias", "the account's alias is asked of AWS", Shape::String),
    ("get_aws_caller_identity_arn", "the caller's identity is asked of AWS", Shape::String),
    ("get_aws_caller_identity_user_id", "the caller's identity is asked of AWS", Shape::String),
    ("get_default_retryable_errors", "the list belongs to the version of Terragrunt", Shape::List),
    ("get_platform", "the platform differs from machine to machine", Shape::String),
    ("get_terraform_cli_args", "the arguments are those of the run", Shape::List),
    ("get_terraform_command", "the command is that of the run", Shape::String),
    ("get_working_dir", "the working directory is made for the run", Shape::String),
    ("mark_glob_as_read", "the files are looked for when Terragrunt runs", Shape::List),
    ("run_cmd", "commands are not run", Shape::Any),
    ("sops_decrypt_file", "encrypted files are not read", Shape::String),
];

/// The subcommands that take an argument, by the function that lists them.
const COMMANDS: &[(&str, &[&str])] = &[
    ("get_terraform_commands_that_need_input", &["apply", "import", "init", "plan", "refresh"]),
    (
        "get_terraform_commands_that_need_locking",
        &["apply", "destroy", "import", "init", "plan", "refresh", "taint", "untaint"],
    ),
    ("get_terraform_commands_that_need_parallelism", &["apply", "plan", "destroy"]),
    ("get_terraform_commands_that_need_vars", &["apply", "console", "destroy", "import", "plan", "push", "refresh"]),
];

/// Terraform's functions whose first argument is a path.
const OF_FILES: &[&str] = &[
    "file",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "fileexists",
    "filemd5",
    "fileset",
    "filesha1",
    "filesha256",
    "filesha512",
    "templatefile",
];

pub(super) fn call(file: &File<'_>, evaluator: &Evaluator<'_>, name: &str, args: &[Value], span: Span) -> Called {
    if OF_FILES.contains(&name) {
        return from_here(file, args);
    }
    let call = Call { file, evaluator, span, name };
    match call.run(args) {
        Some(result) => Called::Done(result),
        None => Called::Same,
    }
}

/// Absolute paths become relative to the file's directory, as files are registered.
fn from_here(file: &File<'_>, args: &[Value]) -> Called {
    match args.split_first() {
        Some((first, others)) if first.as_str().is_some_and(|path| path.starts_with('/')) => {
            let path = Path::new(first.as_str().unwrap_or_default());
            let way = file.reader.paths.between(file.frame.base(), path);
            let mut with = vec![Value::string(way, first.origin)];
            with.extend(others.iter().cloned());
            Called::With(with)
        }
        _ => Called::Same,
    }
}

struct Call<'c> {
    file: &'c File<'c>,
    evaluator: &'c Evaluator<'c>,
    span: Span,
    name: &'c str,
}

impl Call<'_> {
    /// The result; nothing for functions of Terraform.
    fn run(&self, args: &[Value]) -> Option<Result<Value, Error>> {
        if let Some((_, why, shape)) = OUTSIDE.iter().find(|(name, ..)| *name == self.name) {
            let text = self.evaluator.source_text(self.span);
            let symbol = Symbol::Expression(text.into());
            return Some(Ok(Value::symbol(*why, symbol, *shape, self.origin())));
        }
        if let Some((_, commands)) = COMMANDS.iter().find(|(name, _)| *name == self.name) {
            let items = commands.iter().map(|command| Value::string(*command, self.origin())).collect();
            return Some(Ok(Value::list(items, self.origin())));
        }
        Some(match self.name {
            "find_in_parent_folders" => self.with_texts(args, 0..=2, &mut |texts| self.find_above(texts)),
            "path_relative_to_include" => self.with_texts(args, 0..=1, &mut |texts| {
                let parent = self.parent(texts.first().copied())?;
                Ok(self.text(self.file.reader.paths.between(&parent, &self.file.frame.dir)))
            }),
            "path_relative_from_include" => self.with_texts(args, 0..=1, &mut |texts| {
                let parent = self.parent(texts.first().copied())?;
                Ok(self.text(self.file.reader.paths.between(&self.file.frame.dir, &parent)))
            }),
            "get_parent_terragrunt_dir" => {
                self.with_texts(args, 0..=1, &mut |texts| Ok(self.path(&self.parent(texts.first().copied())?)))
            }
            "get_terragrunt_dir" => self.with_texts(args, 0..=0, &mut |_| Ok(self.path(&self.file.frame.dir))),
            "get_original_terragrunt_dir" => {
                self.with_texts(args, 0..=0, &mut |_| Ok(self.path(&self.file.frame.original)))
            }
            "get_repo_root" => self.with_texts(args, 0..=0, &mut |_| Ok(self.path(&self.repository()))),
            "get_path_from_repo_root" => self.with_texts(args, 0..=0, &mut |_| {
                Ok(self.text(self.file.reader.paths.between(&self.repository(), &self.file.frame.dir)))
            }),
            "get_path_to_repo_root" => self.with_texts(args, 0..=0, &mut |_| {
                Ok(self.text(self.file.reader.paths.between(&self.file.frame.dir, &self.repository())))
            }),
            "get_terragrunt_source_cli_flag" => Ok(self.text(String::new())),
            "get_aws_account_id" => Ok(self.evaluator.account.clone().at(self.origin())),
            "get_env" => self.environment(args),
            "read_terragrunt_config" => self.read_config(args),
            "read_tfvars_file" => self.with_texts(args, 1..=1, &mut |texts| self.read_variables(texts)),
            "deep_merge" => self.deep_merge(args),
            "mark_as_read" => match args {
                [path] => Ok(path.clone()),
                _ => Err(self.wrong_number(&(1..=1))),
            },
            _ => return None,
        })
    }

    fn origin(&self) -> OriginId {
        self.evaluator.origins.hop(self.span, Step::Expression, OriginId::NONE)
    }

    fn text(&self, text: impl Into<Text>) -> Value {
        Value::string(text, self.origin())
    }

    fn path(&self, path: &Path) -> Value {
        self.text(self.file.reader.paths.text(path))
    }

    fn repository(&self) -> PathBuf {
        self.file.reader.paths.repository(&self.file.frame.dir)
    }

    fn wrong_number(&self, wanted: &std::ops::RangeInclusive<usize>) -> Error {
        Error::new(format!("`{}` takes {} to {} arguments", self.name, wanted.start(), wanted.end()))
    }

    /// A function of texts; where one is not known, neither is the result.
    fn with_texts(
        &self,
        args: &[Value],
        wanted: std::ops::RangeInclusive<usize>,
        function: &mut dyn FnMut(&[&str]) -> Result<Value, Error>,
    ) -> Result<Value, Error> {
        if !wanted.contains(&args.len()) {
            return Err(self.wrong_number(&wanted));
        }
        let args: Vec<&Value> = args.iter().collect();
        lift(&args, &mut |leaves| {
            let texts: Option<Vec<&str>> = leaves.iter().map(|leaf| leaf.as_str()).collect();
            match texts {
                Some(texts) => function(&texts),
                None => match leaves.iter().find(|leaf| leaf.as_str().is_none()) {
                    Some(leaf) if matches!(leaf.data, Data::Unknown(_) | Data::Parts(_)) => {
                        Ok(unknown_of(leaf, Shape::String, self.origin()))
                    }
                    _ => Err(Error::new(format!("`{}` takes texts", self.name))),
                },
            }
        })
    }

    fn find_above(&self, texts: &[&str]) -> Result<Value, Error> {
        let names: &[&str] = match texts.first() {
            Some(_) => &texts[..1],
            None => &["terragrunt.hcl", "terragrunt.hcl.json"],
        };
        let paths = &self.file.reader.paths;
        match (paths.find_above(&self.file.frame.dir, names), texts.get(1)) {
            (Ok(found), _) => Ok(self.path(&found)),
            (Err(_), Some(fallback)) => Ok(self.text(*fallback)),
            (Err(why), None) => Err(Error::new(why)),
        }
    }

    /// The directory of the file that includes this one's configuration, or that this one includes.
    fn parent(&self, label: Option<&str>) -> Result<PathBuf, Error> {
        let frame = self.file.frame;
        if frame.included {
            return Ok(frame.base().to_owned());
        }
        let parts = blocks(top(self.file.document), "include");
        let part = match label {
            Some(label) => parts.iter().find(|part| part.label.as_deref() == Some(label)),
            None => parts.first(),
        };
        let Some(part) = part else {
            return match label {
                Some(label) => Err(Error::new(format!("there is no `include` with the label `{label}`"))),
                None => Ok(frame.dir.clone()),
            };
        };
        if label.is_none() && parts.len() > 1 {
            return Err(Error::new(format!("`{}` needs the label of one of the includes", self.name)));
        }
        let Some(instance) = self.evaluator.instance(0) else { return Ok(frame.dir.clone()) };
        let path = self.file.include_path(self.evaluator, part, Scope::of(&instance))?;
        Ok(path.parent().map(Path::to_owned).unwrap_or_default())
    }

    /// A variable of the environment in which Terragrunt runs.
    fn environment(&self, args: &[Value]) -> Result<Value, Error> {
        let (name, default) = match args {
            [name] => (name, None),
            [name, default] => (name, Some(default)),
            _ => return Err(self.wrong_number(&(1..=2))),
        };
        let Some(name) = name.as_str() else { return Ok(unknown_of(name, Shape::String, self.origin())) };
        let why = format!("the environment variable `{name}` is that of the run");
        let input = format!("the environment variable `{name}`");
        Ok(self.file.reader.open_input(&input, default, &why, self.span))
    }

    fn read_config(&self, args: &[Value]) -> Result<Value, Error> {
        let (path, default) = match args {
            [path] => (path, None),
            [path, default] => (path, Some(default)),
            _ => return Err(self.wrong_number(&(1..=2))),
        };
        lift(&[path], &mut |leaves| {
            let Some(path) = leaves[0].as_str() else {
                return Ok(unknown_of(leaves[0], Shape::Map, self.origin()));
            };
            let reader = self.file.reader;
            let mut file = reader.paths.from(&self.file.frame.dir, path);
            if reader.modules.fs.is_dir(&file) {
                file.push("terragrunt.hcl");
            }
            if !reader.modules.fs.is_file(&file) && reader.paths.is_inside(&file) {
                return match default {
                    Some(default) => Ok(default.clone()),
                    None => Err(Error::new(format!("there is no file `{}`", file.display()))),
                };
            }
            let dir = file.parent().map(Path::to_owned).unwrap_or_default();
            let frame = Frame { file, dir, original: self.file.frame.original.clone(), included: false };
            let config = reader.below(self.evaluator, || reader.read(&frame))?;
            Ok(config.exposed(self.origin(), &mut |name| self.file.outputs(name, self.span)))
        })
    }

    /// The variables of a file, as JSON.
    fn read_variables(&self, texts: &[&str]) -> Result<Value, Error> {
        let reader = self.file.reader;
        let path = reader.paths.from(self.file.frame.base(), texts.first().copied().unwrap_or_default());
        if !reader.paths.exists(&path) {
            return Err(Error::new(format!("there is no file `{}`", path.display())));
        }
        let document = reader.modules.document(&path).map_err(|problem| Error::new(problem.message))?;
        let Some(instance) = self.evaluator.instance(0) else { return Err(Error::new("there is no scope")) };
        let scope = Scope::constant(&instance);
        let mut entries: Vec<crate::value::Entry> = document
            .body
            .attributes
            .iter()
            .map(|attribute| {
                let value = self.evaluator.value(&attribute.expr, scope);
                crate::value::Entry::new(attribute.name.clone(), reader.origins.literal(attribute.name_span), value)
            })
            .collect();
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        let origin = self.origin();
        let context = Context { files: &self.evaluator.files, origins: reader.origins, origin };
        functions::call("jsonencode", &[Value::map(entries, origin)], &context)
    }

    fn deep_merge(&self, args: &[Value]) -> Result<Value, Error> {
        let hoisted: Vec<Value> = args.iter().map(hoist).collect();
        let refs: Vec<&Value> = hoisted.iter().collect();
        lift(&refs, &mut |leaves| {
            let mut maps = leaves.iter().filter(|leaf| !leaf.is_unset());
            let Some(first) = maps.next() else { return Ok(Value::map(Vec::new(), self.origin())) };
            Ok(maps.fold((*first).clone(), |merged, next| merge::deep(&merged, next, 0)).at(self.origin()))
        })
    }
}
