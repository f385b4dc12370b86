//! The front matter: every field with its type, its default and its check.

use std::borrow::Cow;

use crate::model::schema::Subject;
use crate::policy::expression::{Constant, Kind, Mistake, Names, Program, Template, compile, literal, template};
use crate::policy::level::{Confidence, Profile, Severity};
use crate::policy::nearest::nearest;

use super::yaml::{self, Data, Entry, Node};
use super::{Dialect, PILLARS, Page, PolicyOption, Scope, option_names};

/// All fields that a page may have.
const FIELDS: &[&str] = &[
    "name",
    "title",
    "pillar",
    "severity",
    "confidence",
    "profile",
    "applies-to",
    "languages",
    "scope",
    "companion",
    "elsewhere",
    "production-only",
    "non-production-only",
    "let",
    "when",
    "require",
    "message",
    "help",
    "label",
    "blame",
    "gives-way-to",
    "needs-option",
    "fix",
    "lens",
    "aliases",
    "options",
    "since",
];

/// The byte range of the front matter between its `---` lines.
pub(super) fn range(text: &str) -> Option<(usize, usize)> {
    let start = text.strip_prefix("---")?;
    let start = text.len() - start.strip_prefix("\r\n").or_else(|| start.strip_prefix('\n'))?.len();
    let mut at = start;
    for line in text.get(start..)?.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start, at));
        }
        at += line.len();
    }
    None
}

/// Reads the front matter. Mistakes are added; without a usable `require` and the like there is no page.
pub(super) fn read(text: &str, mistakes: &mut Vec<Mistake>) -> Option<Page> {
    let Some((start, end)) = range(text) else {
        mistakes.push(Mistake {
            start: 0,
            end: text.lines().next().map_or(0, str::len),
            message: "a page begins with its front matter".into(),
            help: Some("write `---`, the fields and `---` before the text".into()),
        });
        return None;
    };
    let root = match yaml::read(&text[start..end], start) {
        Ok(root) => root,
        Err(mistake) => {
            mistakes.push(mistake);
            return None;
        }
    };
    let Data::Map(entries) = &root.data else {
        mistakes.push(root.mistake("the front matter is a map of fields", None));
        return None;
    };
    let mut reader = Reader { text, entries, whole: (start, end), mistakes };
    reader.page()
}

pub(super) struct Reader<'a> {
    text: &'a str,
    entries: &'a [Entry],
    /// Where a missing field is reported.
    whole: (usize, usize),
    pub(super) mistakes: &'a mut Vec<Mistake>,
}

impl<'a> Reader<'a> {
    fn page(&mut self) -> Option<Page> {
        self.known_keys(self.entries, FIELDS, "a page has no field");
        let name = self.required_text("name");
        let title = self.required_text("title");
        let pillar = self.required_text("pillar");
        if let Some(node) = self.get("pillar")
            && !pillar.is_empty()
            && !PILLARS.contains(&pillar.as_str())
        {
            let help = nearest(&pillar, PILLARS.iter().copied()).map_or_else(
                || format!("it is one of {}", PILLARS.join(", ")),
                |meant| format!("did you mean `{meant}`?"),
            );
            self.mistakes.push(node.mistake(format!("there is no pillar `{pillar}`"), Some(help)));
        }
        let severity = self.scale("severity", Severity::from_name, &names(Severity::ALL, Severity::name));
        let confidence = self.scale("confidence", Confidence::from_name, &names(Confidence::ALL, Confidence::name));
        let profile = self.scale("profile", Profile::from_name, &names(Profile::ALL, Profile::name));
        for (field, found) in [("severity", severity.is_some()), ("profile", profile.is_some())] {
            if !found && self.get(field).is_none() {
                self.missing(field);
            }
        }
        let applies_to = self.subjects();
        let languages = self.languages();
        let options = self.options();
        let mut names = Names {
            subjects: applies_to.clone(),
            options: options.iter().map(|option| (option.name.to_string(), option.kind())).collect(),
            lets: Vec::new(),
        };
        let lets = self.lets(&mut names);
        let companion = self.condition("companion", &names);
        let when = self.condition("when", &names);
        let require = self.condition("require", &names);
        if self.get("require").is_none() {
            self.missing("require");
        }
        let message = self.template("message", &names);
        if self.get("message").is_none() {
            self.missing("message");
        }
        let help = self.template("help", &names);
        let label = self.template("label", &names);
        let blame = self.get("blame").and_then(|node| self.program(node, &names)).map(|(program, _)| program);
        let scope = match self.text_of("scope").as_deref() {
            Some("stack") => Scope::Stack,
            None | Some("resource") => Scope::Resource,
            Some(other) => {
                self.complain("scope", format!("there is no scope `{other}`"), "it is `resource` or `stack`");
                Scope::Resource
            }
        };
        if companion.is_some() && scope == Scope::Resource {
            self.complain("companion", "only a policy of scope `stack` looks for companions", "add `scope: stack`");
        }
        let needs_option = self.text_of("needs-option");
        let unknown = |names: &String| {
            option_names(names).find(|name| !options.iter().any(|known| known.name == *name)).map(str::to_owned)
        };
        if let Some(option) = needs_option.as_ref().and_then(unknown) {
            self.complain("needs-option", format!("the page has no option `{option}`"), "declare it under `options`");
        }
        let fixes = self.fixes(&applies_to, &names);
        Some(Page {
            name: name.into(),
            title: title.into(),
            pillar: pillar.into(),
            severity: severity?,
            confidence: confidence.unwrap_or(Confidence::High),
            profile: profile?,
            applies_to: applies_to.into(),
            languages: languages.into(),
            scope,
            companion,
            elsewhere: self.flag("elsewhere"),
            production_only: self.flag("production-only"),
            non_production_only: self.flag("non-production-only"),
            lets: lets.into(),
            when,
            require: require?,
            message: message?,
            help,
            label,
            blame,
            gives_way_to: self.texts("gives-way-to").into(),
            needs_option: needs_option.map(Cow::Owned),
            fixes: fixes.into(),
            lens: self.texts("lens").into(),
            aliases: self.aliases().into(),
            options: options.into(),
            since: self.required_text("since").into(),
            text: self.text.to_owned().into(),
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Node> {
        self.entries.iter().find(|entry| entry.key == name).map(|entry| &entry.value)
    }

    fn missing(&mut self, field: &str) {
        let (start, end) = self.whole;
        let end = self.text[start..end].lines().next().map_or(start, |line| start + line.len());
        let help = Some(format!("add `{field}: ...`"));
        self.mistakes.push(Mistake { start, end, message: format!("the page has no `{field}`"), help });
    }

    fn complain(&mut self, field: &str, message: impl Into<String>, help: &str) {
        if let Some(node) = self.get(field) {
            self.mistakes.push(node.mistake(message, Some(help.to_owned())));
        }
    }

    pub(super) fn known_keys(&mut self, entries: &[Entry], known: &[&str], what: &str) {
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                let help = nearest(&entry.key, known.iter().copied()).map_or_else(
                    || format!("there are {}", known.join(", ")),
                    |meant| format!("did you mean `{meant}`?"),
                );
                self.mistakes.push(Mistake {
                    start: entry.key_start,
                    end: entry.key_end,
                    message: format!("{what} `{}`", entry.key),
                    help: Some(help),
                });
            }
        }
    }

    /// The text of a scalar; numbers and bools as they are written.
    pub(super) fn text_in(&mut self, node: &Node) -> Option<String> {
        match &node.data {
            Data::Text(text) => Some(text.clone()),
            Data::Bool(value) => Some(value.to_string()),
            Data::Integer(_) | Data::Double(_) => Some(self.text[node.start..node.end].trim().to_owned()),
            _ => {
                self.mistakes
                    .push(node.mistake(format!("this has to be a text, and it is {}", node.type_name()), None));
                None
            }
        }
    }

    fn text_of(&mut self, field: &str) -> Option<String> {
        self.get(field).and_then(|node| self.text_in(node))
    }

    fn required_text(&mut self, field: &str) -> String {
        if self.get(field).is_none() {
            self.missing(field);
        }
        self.text_of(field).unwrap_or_default()
    }

    fn flag(&mut self, field: &str) -> bool {
        match self.get(field) {
            None => false,
            Some(Node { data: Data::Bool(value), .. }) => *value,
            Some(node) => {
                self.mistakes.push(node.mistake("this is `true` or `false`", None));
                false
            }
        }
    }

    fn scale<T>(&mut self, field: &str, from_name: impl Fn(&str) -> Option<T>, known: &[&str]) -> Option<T> {
        let text = self.text_of(field)?;
        let found = from_name(&text);
        if found.is_none() {
            self.complain(
                field,
                format!("there is no {field} `{text}`"),
                &format!("it is one of {}", known.join(", ")),
            );
        }
        found
    }

    /// A text or a list of texts.
    fn texts(&mut self, field: &str) -> Vec<Cow<'static, str>> {
        match self.get(field) {
            None => Vec::new(),
            Some(Node { data: Data::List(items), .. }) => {
                items.iter().filter_map(|item| self.text_in(item)).map(Cow::Owned).collect()
            }
            Some(node) => self.text_in(node).map(Cow::Owned).into_iter().collect(),
        }
    }

    fn subjects(&mut self) -> Vec<Subject> {
        let Some(node) = self.get("applies-to") else {
            self.missing("applies-to");
            return Vec::new();
        };
        let items = match &node.data {
            Data::List(items) => items.iter().collect(),
            _ => vec![node],
        };
        let mut subjects = Vec::new();
        for item in items {
            let Some(text) = self.text_in(item) else { continue };
            match Subject::from_name(&text) {
                Some(subject) => subjects.push(subject),
                None => {
                    let help = nearest(&text, Subject::ALL.iter().map(|(_, name)| *name))
                        .map(|meant| format!("did you mean `{meant}`?"));
                    self.mistakes.push(item.mistake(format!("the model has no subject `{text}`"), help));
                }
            }
        }
        subjects
    }

    fn languages(&mut self) -> Vec<Dialect> {
        let texts = self.texts("languages");
        let mut languages = Vec::new();
        for text in texts {
            match Dialect::from_name(&text) {
                Some(language) => languages.push(language),
                None => {
                    let message = format!("there is no language `{text}`");
                    self.complain("languages", message, "they are cloudformation, sam and terraform");
                }
            }
        }
        languages
    }

    fn aliases(&mut self) -> Vec<Cow<'static, str>> {
        let aliases = self.texts("aliases");
        for alias in &aliases {
            let body = alias.strip_suffix('*').unwrap_or(alias);
            let good = |character: char| character.is_ascii_alphanumeric() || "._:-*".contains(character);
            if body.is_empty() || !body.chars().all(good) {
                let message = format!("`{alias}` is no identifier of a check");
                self.complain("aliases", message, "it has letters, digits and `_ - . :`, and may end with `*`");
            }
        }
        aliases
    }

    fn options(&mut self) -> Vec<PolicyOption> {
        let Some(node) = self.get("options") else { return Vec::new() };
        let Data::Map(entries) = &node.data else {
            self.mistakes.push(node.mistake("options are a map from names to `type`, `default` and `doc`", None));
            return Vec::new();
        };
        let mut options = Vec::new();
        for entry in entries {
            let Data::Map(parts) = &entry.value.data else {
                let help = Some("write `{ type: integer, default: 20, doc: what it means }`".into());
                self.mistakes.push(entry.value.mistake("an option has a type, a default and a doc", help));
                continue;
            };
            self.known_keys(parts, &["type", "default", "doc"], "an option has no field");
            let part = |name: &str| parts.iter().find(|part| part.key == name).map(|part| &part.value);
            let (Some(ty), Some(default), Some(doc)) = (part("type"), part("default"), part("doc")) else {
                let help = Some("write `{ type: integer, default: 20, doc: what it means }`".into());
                let message = format!("option `{}` needs a type, a default and a doc", entry.key);
                self.mistakes.push(Mistake { start: entry.key_start, end: entry.key_end, message, help });
                continue;
            };
            let (Some(type_text), Some(doc_text)) = (self.text_in(ty), self.text_in(doc)) else { continue };
            let constant = default.constant();
            match Kind::parse(&type_text) {
                None => {
                    let help = Some("bool, integer, number, string, any, list(...) or map(...)".into());
                    self.mistakes.push(ty.mistake(format!("there is no type `{type_text}`"), help));
                }
                Some(kind) if !constant.kind().fits(&kind) => {
                    let message = format!("the default is {}, not {}", constant.kind().describe(), kind.describe());
                    self.mistakes.push(default.mistake(message, None));
                }
                Some(_) => {}
            }
            options.push(PolicyOption {
                name: entry.key.clone().into(),
                ty: type_text.into(),
                default: literal(&constant),
                doc: doc_text.into(),
            });
        }
        options
    }

    fn lets(&mut self, names: &mut Names) -> Vec<(Cow<'static, str>, Program)> {
        let Some(node) = self.get("let") else { return Vec::new() };
        let Data::Map(entries) = &node.data else {
            self.mistakes.push(node.mistake("`let` is a map from names to expressions", None));
            return Vec::new();
        };
        let mut lets = Vec::new();
        for entry in entries {
            let reserved = ["self", "project", "options"].contains(&entry.key.as_str());
            let word = entry.key.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
            if reserved || !word || Subject::from_name(&entry.key).is_some() {
                let help = Some("use letters, digits and `_`, and no name that the model has".into());
                let message = format!("`{}` can't be a name here", entry.key);
                self.mistakes.push(Mistake { start: entry.key_start, end: entry.key_end, message, help });
            }
            let compiled = self.program(&entry.value, names);
            let (program, kind) = compiled.unwrap_or_else(|| (literal(&Constant::Null), Kind::Any));
            names.lets.push((entry.key.clone(), kind));
            lets.push((Cow::Owned(entry.key.clone()), program));
        }
        lets
    }

    pub(super) fn program(&mut self, node: &Node, names: &Names) -> Option<(Program, Kind)> {
        let text = self.text_in(node)?;
        match compile(&text, names) {
            Ok(compiled) => Some(compiled),
            Err(mistake) => {
                let mistake = self.placed(node, &text, mistake);
                self.mistakes.push(mistake);
                None
            }
        }
    }

    fn condition(&mut self, field: &str, names: &Names) -> Option<Program> {
        let node = self.get(field)?;
        let (program, kind) = self.program(node, names)?;
        if !kind.fits(&Kind::Bool) {
            let message = format!("`{field}` has to be true or false, and this is {}", kind.describe());
            self.mistakes.push(node.mistake(message, None));
        }
        Some(program)
    }

    pub(super) fn template_in(&mut self, node: &Node, names: &Names) -> Option<Template> {
        let text = self.text_in(node)?;
        match template(&text, names) {
            Ok(template) => Some(template),
            Err(mistake) => {
                let mistake = self.placed(node, &text, mistake);
                self.mistakes.push(mistake);
                None
            }
        }
    }

    fn template(&mut self, field: &str, names: &Names) -> Option<Template> {
        let node = self.get(field)?;
        self.template_in(node, names)
    }

    /// A mistake of an expression at its place in the page. A scalar that is folded or escaped does not stand there
    /// as it reads; then the word in question is looked for, and the whole scalar is the place of last resort.
    pub(super) fn placed(&self, node: &Node, value: &str, mistake: Mistake) -> Mistake {
        let raw = self.text.get(node.start..node.end).unwrap_or_default();
        let at = |offset: usize| {
            (raw.get(offset..)?.starts_with(value))
                .then_some((node.start + offset + mistake.start, node.start + offset + mistake.end))
        };
        let word = value.get(mistake.start..mistake.end).filter(|word| !word.is_empty());
        let searched = || {
            let found = raw.find(word?)?;
            Some((node.start + found, node.start + found + word?.len()))
        };
        let (start, end) = at(0).or_else(|| at(1)).or_else(searched).unwrap_or((node.start, node.end));
        Mistake { start, end, ..mistake }
    }
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|level| name(*level)).collect()
}
