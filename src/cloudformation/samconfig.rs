//! `samconfig.toml` (or `.yaml`) beside a template: the parameters and the Region that `sam deploy` would use.
//!
//! The configured environment's section counts; without one, the only section that overrides parameters. Where several
//! do and none is chosen, nothing is decided. Reference: "SAM CLI configuration file" in the SAM developer guide.

use std::path::Path;
use std::sync::Arc;

use crate::source::{SourceFile, Span, lexical};
use crate::syntax::tree::{NodeRef, Tree};
use crate::value::{Step, Text};

use super::options::{Given, Loader, Options};

/// A setting of the file: its table, key and texts (one for a string, several for a list), each with its place.
struct Setting {
    table: String,
    key: String,
    values: Vec<(String, Span)>,
}

/// The names of the file, in the order in which the SAM CLI looks for them.
const NAMES: [&str; 3] = ["samconfig.toml", "samconfig.yaml", "samconfig.yml"];

/// What is known from outside together with what the file beside the template says; `None` where there is none.
#[must_use]
pub fn complete(options: &Options, tree: &Tree, loader: &Loader<'_>) -> Option<Options> {
    let folder = tree.file.path.parent().unwrap_or(Path::new(""));
    let path = NAMES.iter().map(|name| folder.join(name)).find(|path| loader.fs.is_file(path))?;
    let root = loader.root?;
    let root = loader.fs.canonical(root).unwrap_or_else(|_| lexical(root));
    if !loader.fs.canonical(&path).is_ok_and(|full| full.starts_with(&root)) {
        return None;
    }
    let text = String::from_utf8(loader.fs.read(&path).ok()?).ok()?;
    let file = loader.sources.add(&path, text);
    let settings = settings(&file);
    let chosen = chosen(&settings, options.environment.as_deref())?;
    let mut complete = options.clone();
    // What is given otherwise comes later and holds.
    let mut parameters = given(&settings, "parameter_overrides", &chosen, &file);
    complete.tags = given(&settings, "tags", &chosen, &file);
    parameters.append(&mut complete.parameters);
    complete.parameters = parameters;
    if complete.region.is_none() {
        complete.region = settings
            .iter()
            .find(|setting| {
                setting.key == "region" && is_deployment(&setting.table) && environment(&setting.table) == chosen
            })
            .and_then(|setting| setting.values.first())
            .map(|(text, _)| Text::from(text.as_str()));
    }
    Some(complete)
}

/// The parameters that such a file overrides in an environment; `None` stands for the only one that does.
#[must_use]
pub fn parameters(file: &Arc<SourceFile>, environment: Option<&str>) -> Vec<Given> {
    let settings = settings(file);
    chosen(&settings, environment)
        .map(|chosen| given(&settings, "parameter_overrides", &chosen, file))
        .unwrap_or_default()
}

/// The environment that counts; `None` where several override parameters and none is named.
fn chosen(settings: &[Setting], named: Option<&str>) -> Option<String> {
    if let Some(name) = named {
        return Some(name.to_owned());
    }
    let overriding = settings.iter().filter(|setting| is_about(setting, "parameter_overrides"));
    let mut names: Vec<&str> = overriding.map(|setting| environment(&setting.table)).collect();
    names.dedup();
    match names.as_slice() {
        [only] => Some((*only).to_owned()),
        [] => Some("default".to_owned()),
        _ => None,
    }
}

/// The pairs of a key in an environment.
fn given(settings: &[Setting], key: &str, chosen: &str, file: &SourceFile) -> Vec<Given> {
    let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut given: Vec<Given> = Vec::new();
    for setting in settings.iter().filter(|setting| is_about(setting, key) && environment(&setting.table) == chosen) {
        for (text, span) in &setting.values {
            given.extend(pairs(text).into_iter().map(|(parameter, value)| Given {
                name: parameter.into(),
                value: value.into(),
                span: Some(*span),
                step: Step::File(name.as_str().into()),
            }));
        }
    }
    given
}

fn environment(table: &str) -> &str {
    table.split('.').next().unwrap_or_default()
}

fn is_about(setting: &Setting, key: &str) -> bool {
    setting.key == key && is_deployment(&setting.table)
}

/// Tables of `sam deploy` and of all commands.
fn is_deployment(table: &str) -> bool {
    table.ends_with(".deploy.parameters") || table.ends_with(".global.parameters")
}

/// The pairs of `A=b C="d e"`, also as `ParameterKey=A,ParameterValue=b`.
fn pairs(text: &str) -> Vec<(String, String)> {
    words(text)
        .into_iter()
        .filter_map(|word| {
            if let Some(rest) = word.strip_prefix("ParameterKey=") {
                let (name, value) = rest.split_once(",ParameterValue=")?;
                return Some((name.to_owned(), value.to_owned()));
            }
            let (name, value) = word.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Words as a shell cuts them: quotes hold them together and are taken away.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (_, '\\') => word.extend(letters.next()),
            (None, '"' | '\'') => quote = Some(letter),
            (None, letter) if letter.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (_, letter) => word.push(letter),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The settings of the file that are strings or lists of strings. Whatever else the file may hold is passed over.
fn settings(file: &Arc<SourceFile>) -> Vec<Setting> {
    if file.path.extension().is_some_and(|extension| extension == "toml") { in_toml(file) } else { in_yaml(file) }
}

fn in_yaml(file: &Arc<SourceFile>) -> Vec<Setting> {
    let tree = crate::syntax::parse_data(Arc::clone(file));
    let mut settings = Vec::new();
    let Some(root) = tree.root() else { return settings };
    for (environment, commands) in root.entries() {
        for (command, sections) in commands.entries() {
            for (section, values) in sections.entries() {
                let names = [environment, command, section].map(|node| node.text().unwrap_or_default());
                let table = names.join(".");
                for (key, value) in values.entries() {
                    let values = texts(value);
                    settings.push(Setting { table: table.clone(), key: key.text().unwrap_or_default().into(), values });
                }
            }
        }
    }
    settings
}

/// A text, the texts of a list, or the entries of a mapping as pairs.
fn texts(node: NodeRef<'_>) -> Vec<(String, Span)> {
    if let Some(text) = node.text() {
        return vec![(text.to_owned(), node.span())];
    }
    let pair = |name: &str, value: &str| {
        let value: String = value
            .chars()
            .flat_map(|one| ['\\'].into_iter().take(usize::from(matches!(one, '"' | '\\'))).chain([one]))
            .collect();
        format!("{name}=\"{value}\"")
    };
    let entries = node.entries().filter_map(|(key, value)| Some((pair(key.text()?, value.text()?), value.span())));
    node.items().flat_map(texts_of_item).chain(entries).collect()
}

fn texts_of_item(item: NodeRef<'_>) -> Vec<(String, Span)> {
    if item.is_sequence() { Vec::new() } else { texts(item) }
}

fn in_toml(file: &SourceFile) -> Vec<Setting> {
    let text = file.text();
    let mut settings = Vec::new();
    let mut table = "";
    let mut at = 0;
    while let Some(line) = text.get(at..).and_then(|rest| rest.split_inclusive('\n').next()) {
        let end = at + line.len();
        let body = line.trim();
        if let Some(name) =
            body.strip_prefix('[').and_then(|rest| rest.split(']').next()).filter(|_| !body.contains('='))
        {
            table = name.trim();
        } else if let Some((key, _)) = line.split_once('=').filter(|_| !body.starts_with('#')) {
            let start = at + key.len() + 1;
            let (values, next) = values(file, start);
            settings.push(Setting { table: table.to_owned(), key: key.trim().trim_matches('"').to_owned(), values });
            at = next.max(end);
            continue;
        }
        at = end;
    }
    settings
}

/// The string or strings that begin at `start`, and where the line after them begins.
fn values(file: &SourceFile, start: usize) -> (Vec<(String, Span)>, usize) {
    let text = file.text();
    let mut values = Vec::new();
    let mut at = start;
    let mut in_list = false;
    while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match letter {
            '[' => in_list = true,
            ']' => in_list = false,
            '#' => {
                at += text.get(at..).and_then(|rest| rest.find('\n')).unwrap_or(text.len() - at);
                continue;
            }
            '\n' if !in_list => return (values, at + 1),
            '"' | '\'' => {
                let (value, end) = string(text, at, letter);
                let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
                values.push((value, Span::new(file.id, offset(at), offset(end))));
                at = end;
                continue;
            }
            _ => {}
        }
        at += letter.len_utf8();
    }
    (values, text.len())
}

/// A TOML string that begins with a quote at `start`, and where it ends. Three quotes hold several lines.
fn string(text: &str, start: usize, quote: char) -> (String, usize) {
    let triple: String = [quote; 3].iter().collect();
    let is_long = text.get(start..).is_some_and(|rest| rest.starts_with(&triple));
    let close = if is_long { triple.as_str() } else { triple.get(..1).unwrap_or_default() };
    let mut at = start + close.len();
    let mut value = String::new();
    while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if text.get(at..).is_some_and(|rest| rest.starts_with(close)) {
            return (value, at + close.len());
        }
        at += letter.len_utf8();
        match letter {
            '\\' if quote == '"' => {
                let Some(escaped) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
                at += escaped.len_utf8();
                match escaped {
                    'n' => value.push('\n'),
                    't' => value.push('\t'),
                    // A line break that is escaped joins the lines.
                    '\n' => {}
                    other => value.push(other),
                }
            }
            '\n' if !is_long => return (value, at - 1),
            letter => value.push(letter),
        }
    }
    (value, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_cut_as_a_shell_does() {
        let expected = [("A", "b"), ("C", "d e"), ("F", "g=h")];
        let found = pairs("A=b C=\"d e\" F='g=h'");
        assert_eq!(found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
        assert_eq!(pairs("ParameterKey=A,ParameterValue=b"), [("A".to_owned(), "b".to_owned())]);
    }
}
