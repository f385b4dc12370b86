//! What a unit hands to its module: `inputs`, and the variable files and arguments of `extra_arguments`.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::resource::Problem;
use crate::syntax::hcl::ExprKind;
use crate::value::{Data, OriginId, Step, Text, Value, combine};

use super::super::lift::reason;
use super::super::module::Module;
use super::super::modules::dir_path;
use super::super::options::{Given, Options};
use super::Unit;
use super::config::Config;
use super::reader::Reader;
use super::source::Place;

/// Values for the variables of a module.
#[derive(Debug, Default)]
pub(super) struct Handed {
    /// Those that Terragrunt puts into the environment, which gives way to everything else.
    pub given: FxHashMap<Text, Value>,
    var_files: Vec<PathBuf>,
    variables: Vec<Given>,
}

impl Handed {
    pub(super) fn of(reader: &Reader<'_>, unit: &Unit, place: &Place, config: &Config, module: &Module) -> Self {
        let mut handed = Self::default();
        if let Some(inputs) = &config.inputs {
            for block in module.variables.iter() {
                let name = Text::new(block.label(0).unwrap_or_default());
                if let Some(value) = input(reader, inputs, &name) {
                    handed.given.insert(name, value);
                }
            }
        }
        for one in config.terraform.iter().flat_map(|terraform| &terraform.arguments) {
            if applies(&one.body) {
                handed.arguments(reader, unit, place, &one.body, module);
            }
        }
        handed
    }

    /// The options of the run, over which the command line still wins.
    pub(super) fn options(&self, options: &Options) -> Options {
        let mut options = options.clone();
        options.var_files.splice(0..0, self.var_files.iter().cloned());
        options.variables.splice(0..0, self.variables.iter().cloned());
        options
    }

    fn arguments(&mut self, reader: &Reader<'_>, unit: &Unit, place: &Place, body: &Value, module: &Module) {
        let dirs = [place.dir.as_path(), unit.dir.as_path()];
        for name in ["required_var_files", "optional_var_files"] {
            for file in items(body.get(name)) {
                self.var_file(reader, file, &dirs, name == "required_var_files");
            }
        }
        let arguments = items(body.get("arguments"));
        let mut next = arguments.iter();
        while let Some(argument) = next.next() {
            let Some(text) = argument.as_str() else { continue };
            let (option, value) = text.split_once('=').map_or((text, None), |(option, value)| (option, Some(value)));
            let value = match (option.trim_start_matches('-'), value) {
                ("var-file" | "var", None) => next.next().and_then(|value| value.as_str()),
                (_, value) => value,
            };
            match (option.trim_start_matches('-'), value) {
                ("var-file", Some(path)) => {
                    self.var_file(reader, &Value::string(path, argument.origin), &dirs, true);
                }
                ("var", Some(pair)) => {
                    if let Some((name, value)) = pair.split_once('=') {
                        let span = reader.origins.span(argument.origin);
                        self.variables.push(Given {
                            name: name.into(),
                            value: value.into(),
                            span,
                            step: Step::File(file_of(reader, argument.origin)),
                        });
                    }
                }
                _ => {}
            }
        }
        for entry in body.get("env_vars").and_then(Value::as_map).into_iter().flat_map(|map| &map.entries) {
            let Some(name) = entry.key.strip_prefix("TF_VAR_") else { continue };
            let Some(block) = module.variables.get(name) else { continue };
            let primitive = match block.body.attribute("type").map(|ty| &ty.expr.kind) {
                None => true,
                Some(ExprKind::Variable(ty) | ExprKind::String(ty)) => ty != "any",
                Some(_) => false,
            };
            let value = if primitive {
                entry.value.clone()
            } else {
                Value::unknown(format!("variable `{name}` is given as a text of the environment"), entry.value.origin)
            };
            self.given.insert(name.into(), placed(reader, entry.key_origin, value));
        }
    }

    fn var_file(&mut self, reader: &Reader<'_>, file: &Value, dirs: &[&Path], required: bool) {
        let Some(path) = file.as_str() else {
            if let Some(span) = reader.origins.span(file.origin) {
                let why = reason(file).unwrap_or_else(|| "it is no text".into());
                reader.note(Problem::note(span, format!("the name of this variable file is not known: {why}")));
            }
            return;
        };
        let candidates = dirs.iter().map(|dir| reader.paths.from(dir, path));
        let fs = reader.modules.fs;
        match candidates.into_iter().find(|path| fs.is_file(dir_path(path)) && reader.paths.is_inside(path)) {
            Some(found) => self.var_files.push(found),
            None if required => {
                if let Some(span) = reader.origins.span(file.origin) {
                    reader.note(Problem::note(span, format!("there is no variable file `{path}` in what is analysed")));
                }
            }
            None => {}
        }
    }
}

/// Whether arguments are handed to the commands that plan and apply.
fn applies(body: &Value) -> bool {
    match body.get("commands").map(|commands| &commands.data) {
        Some(Data::List(list)) => {
            list.rest.is_some()
                || list.items.iter().any(|item| item.as_str().is_none_or(|name| matches!(name, "plan" | "apply")))
        }
        _ => true,
    }
}

fn items(list: Option<&Value>) -> Vec<&Value> {
    list.and_then(Value::as_list).map(|list| list.items.iter().collect()).unwrap_or_default()
}

/// The input of a name, in the cases in which there is one.
fn input(reader: &Reader<'_>, inputs: &Value, name: &Text) -> Option<Value> {
    let (mut given, mut left_out) = (false, false);
    let found = combine(&[inputs], &mut |leaves| match &leaves[0].data {
        Data::Map(map) => match (map.entry(name), &map.rest) {
            (Some(entry), _) => {
                given = true;
                placed(reader, entry.key_origin, entry.value.clone())
            }
            (None, Some(rest)) => {
                given = true;
                Value::unknown(format!("the unit may give variable `{name}` a value: {}", rest.why), leaves[0].origin)
            }
            (None, None) => {
                left_out = true;
                Value::unknown(format!("the unit gives variable `{name}` no value in this case"), leaves[0].origin)
            }
        },
        Data::Unknown(unknown) => {
            given = true;
            Value::unknown(format!("the unit may give variable `{name}` a value: {}", unknown.why), leaves[0].origin)
        }
        _ => {
            left_out = true;
            Value::unknown(format!("the unit's inputs are no map, so variable `{name}` has no value"), leaves[0].origin)
        }
    });
    (given || !left_out).then_some(found)
}

/// The value, found through the line of the unit that gives it.
fn placed(reader: &Reader<'_>, key: OriginId, value: Value) -> Value {
    let (key, own) = (reader.origins.span(key), reader.origins.span(value.origin));
    let span = match (key, own) {
        (Some(key), Some(own)) if key.file == own.file && key.end <= own.start => key.to(own),
        (Some(key), _) => key,
        (None, Some(own)) => own,
        (None, None) => return value,
    };
    let path = reader.modules.sources.get(span.file).map(|file| file.path_text()).unwrap_or_default();
    let origin = reader.origins.hop(span, Step::File(path.into()), value.origin);
    value.at(origin)
}

fn file_of(reader: &Reader<'_>, origin: OriginId) -> Text {
    let file = reader.origins.span(origin).and_then(|span| reader.modules.sources.get(span.file));
    file.map(|file| file.path_text().into()).unwrap_or_default()
}
