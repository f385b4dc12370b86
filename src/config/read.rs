//! From the tree of the configuration file to settings. Each mistake is a problem at its place, and the rest is read
//! all the same.

use std::path::{Path, PathBuf};

use super::keys::{ENVIRONMENT, NON_PRODUCTION, ROOT, SUPPRESSION};
use super::node::{self, Data, Node};
use super::settings::{
    Config, ConfigSuppression, Environment, NonProduction, OptionValue, PolicyOption, PolicySettings,
};
use crate::finding::suggest::did_you_mean;
use crate::finding::triage::Date;
use crate::policy::{Profile, Severity};
use crate::resource::Problem;
use crate::source::{SourceFile, Span};

/// Reads a configuration file; paths in it are relative to `directory`.
#[must_use]
pub fn read(file: &SourceFile, directory: &Path) -> (Config, Vec<Problem>) {
    read_in(file, directory, directory)
}

/// Reads a configuration file that may lie elsewhere than the directory that its patterns are about; what it names
/// lies beside it, in `beside`.
#[must_use]
pub fn read_in(file: &SourceFile, directory: &Path, beside: &Path) -> (Config, Vec<Problem>) {
    let mut config =
        Config { file: Some(file.id), files: vec![file.id], directory: directory.to_owned(), ..Config::default() };
    let mut reader = Reader { file, directory: beside, problems: Vec::new() };
    match node::parse(file) {
        Ok(root) => reader.root(&root, &mut config),
        Err(problem) => reader.problems.push(problem),
    }
    (config, reader.problems)
}

/// Reads one file.
pub(super) struct Reader<'f> {
    file: &'f SourceFile,
    directory: &'f Path,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    pub(super) fn wrong(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        let problem = Problem::error(span, message);
        self.problems.push(match help {
            Some(help) => problem.with_help(help),
            None => problem,
        });
    }

    fn expected(&mut self, node: &Node, what: &str, wanted: &str) {
        self.wrong(node.span, format!("{what} takes {wanted}, and this is {}", node.type_name()), None);
    }

    /// The entries of a mapping whose keys are among `known`; the others are reported and left out. Nothing for an
    /// empty value.
    pub(super) fn known<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Vec<(&'n str, Span, &'n Node)> {
        let Some(entries) = self.mapping(node, what) else { return Vec::new() };
        let mut found = Vec::new();
        for (key, span, value) in entries {
            if known.contains(&key.as_str()) {
                if !matches!(value.data, Data::Null) {
                    found.push((key.as_str(), *span, value));
                }
            } else {
                let help = did_you_mean(key, known.iter().copied())
                    .unwrap_or_else(|| format!("the keys here are {}", known.join(", ")));
                self.wrong(*span, format!("{what} has no key `{key}`"), Some(help));
            }
        }
        found
    }

    pub(super) fn mapping<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [(String, Span, Node)]> {
        match &node.data {
            Data::Map(entries) => Some(entries),
            Data::Null => None,
            _ => {
                self.expected(node, what, "a mapping");
                None
            }
        }
    }

    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.data {
            Data::List(items) => items,
            Data::Null => &[],
            _ => {
                self.expected(node, what, "a list");
                &[]
            }
        }
    }

    /// A text; a number or a truth value is taken as it is written.
    pub(super) fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.data {
            Data::String(text) => Some(text.clone()),
            Data::Integer(_) | Data::Float(_) | Data::Bool(_) => Some(self.file.slice(node.span).to_owned()),
            _ => {
                self.expected(node, what, "a text");
                None
            }
        }
    }

    /// A list of texts, or one text.
    pub(super) fn texts(&mut self, node: &Node, what: &str) -> Vec<(String, Span)> {
        match &node.data {
            Data::String(text) => vec![(text.clone(), node.span)],
            _ => self.list(node, what).iter().filter_map(|item| Some((self.text(item, what)?, item.span))).collect(),
        }
    }

    fn paths(&mut self, node: &Node, what: &str) -> Vec<(PathBuf, Span)> {
        let directory = self.directory;
        self.texts(node, what)
            .into_iter()
            .map(|(text, span)| (crate::source::lexical(&directory.join(text)), span))
            .collect()
    }

    fn truth(&mut self, node: &Node, what: &str) -> Option<bool> {
        match node.data {
            Data::Bool(truth) => Some(truth),
            _ => {
                self.expected(node, what, "true or false");
                None
            }
        }
    }

    /// One of the names of a scale.
    pub(super) fn one_of<T>(
        &mut self,
        node: &Node,
        what: &str,
        names: &[&str],
        from: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(node, what)?;
        let found = from(&text);
        if found.is_none() {
            let help = did_you_mean(&text, names.iter().copied());
            self.wrong(node.span, format!("{what} is one of {}, and not `{text}`", names.join(", ")), help);
        }
        found
    }

    fn root(&mut self, root: &Node, config: &mut Config) {
        let profiles: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
        for (key, span, node) in self.known(root, "the configuration", ROOT) {
            config.places.extend(ROOT.iter().find(|known| **known == key).map(|known| (*known, node.span)));
            match key {
                "extends" => config.extends = self.paths(node, "`extends`"),
                "select" => config.select = self.texts(node, "`select`"),
                "ignore" => config.ignore = self.texts(node, "`ignore`"),
                "overrides" => config.overrides = self.overrides(node),
                "required-tags" => config.policies.extend(self.required_tags(span, node)),
                "key-class" => config.policies.extend(self.key_class(span, node)),
                "profile" => config.profile = self.one_of(node, "`profile`", &profiles, Profile::from_name),
                "region" => config.region = self.text(node, "`region`"),
                "account" => config.account = self.account(node),
                "environments" => {
                    for (name, span, node) in self.mapping(node, "`environments`").unwrap_or_default() {
                        let environment = self.environment(name, *span, node);
                        config.environments.push(environment);
                    }
                }
                "policies" => {
                    for (name, span, node) in self.mapping(node, "`policies`").unwrap_or_default() {
                        let settings = self.policy(name, *span, node);
                        config.policies.push(settings);
                    }
                }
                "suppressions" => {
                    for node in self.list(node, "`suppressions`") {
                        config.suppressions.extend(self.suppression(node));
                    }
                }
                "unsuppressible" => config.unsuppressible = self.texts(node, "`unsuppressible`"),
                "other-tools" => config.other_tools = self.truth(node, "`other-tools`"),
                "exclude" => {
                    config.exclude = self.texts(node, "`exclude`");
                    for (glob, span) in &config.exclude {
                        self.check_glob(glob, *span);
                    }
                }
                "baseline" => config.baseline = self.paths(node, "`baseline`").into_iter().next(),
                "policy-folders" => config.policy_folders = self.paths(node, "`policy-folders`"),
                _ => config.non_production = self.non_production(node),
            }
        }
    }

    fn account(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node, "`account`")?;
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(text);
        }
        let help = "write the id in quotes: `account: \"111122223333\"`".to_owned();
        self.wrong(node.span, format!("an account id has twelve digits, and `{text}` has not"), Some(help));
        None
    }

    fn non_production(&mut self, node: &Node) -> NonProduction {
        let mut lists = NonProduction::default();
        for (key, _, node) in self.known(node, "`non-production`", NON_PRODUCTION) {
            let words: Vec<String> =
                self.texts(node, &format!("`{key}`")).into_iter().map(|(word, _)| word.to_lowercase()).collect();
            match key {
                "words" => lists.words = Some(words),
                _ => lists.tags = Some(words),
            }
        }
        lists
    }

    fn environment(&mut self, name: &str, span: Span, node: &Node) -> Environment {
        let mut environment = Environment {
            name: name.to_owned(),
            span,
            production: None,
            region: None,
            account: None,
            workspace: None,
            var_files: Vec::new(),
            parameter_files: Vec::new(),
            parameters: Vec::new(),
            variables: Vec::new(),
        };
        for (key, _, node) in self.known(node, &format!("the environment `{name}`"), ENVIRONMENT) {
            match key {
                "production" => environment.production = self.truth(node, "`production`"),
                "region" => environment.region = self.text(node, "`region`"),
                "account" => environment.account = self.account(node),
                "workspace" => environment.workspace = self.text(node, "`workspace`"),
                "var-files" => environment.var_files = self.paths(node, "`var-files`"),
                "parameter-files" => environment.parameter_files = self.paths(node, "`parameter-files`"),
                "parameters" => environment.parameters = self.values(node, "`parameters`", false),
                _ => environment.variables = self.values(node, "`variables`", true),
            }
        }
        environment
    }

    /// A mapping from names to values, each as the text that the command line would take. Lists and mappings are
    /// JSON for Terraform and comma-separated for CloudFormation.
    fn values(&mut self, node: &Node, what: &str, json: bool) -> Vec<(String, String, Span)> {
        let mut found = Vec::new();
        for (name, _, value) in self.mapping(node, what).unwrap_or_default() {
            let text = match &value.data {
                Data::List(items) if !json => {
                    let texts: Vec<String> = items.iter().filter_map(|item| self.text(item, what)).collect();
                    Some(texts.join(","))
                }
                Data::List(_) | Data::Map(_) if json => Some(to_json(&value.data).to_string()),
                _ => self.text(value, &format!("`{name}`")),
            };
            found.extend(text.map(|text| (name.clone(), text, value.span)));
        }
        found
    }

    pub(super) fn policy(&mut self, name: &str, span: Span, node: &Node) -> PolicySettings {
        let mut settings =
            PolicySettings { name: name.to_owned(), span, enabled: None, severity: None, options: Vec::new() };
        let severities: Vec<&str> = Severity::ALL.iter().map(|severity| severity.name()).collect();
        // `policy: false` and `policy: high` are short for the reserved keys.
        match &node.data {
            Data::Bool(enabled) => settings.enabled = Some(*enabled),
            Data::String(_) => {
                settings.severity = self.one_of(node, "`severity`", &severities, Severity::from_name);
            }
            _ => {
                for (key, key_span, value) in self.mapping(node, &format!("`{name}`")).unwrap_or_default() {
                    match key.as_str() {
                        "enabled" => settings.enabled = self.truth(value, "`enabled`"),
                        "severity" => {
                            settings.severity = self.one_of(value, "`severity`", &severities, Severity::from_name);
                        }
                        _ => settings.options.extend(OptionValue::from_node(&value.data).map(|option| PolicyOption {
                            name: key.clone(),
                            name_span: *key_span,
                            value: option,
                            span: value.span,
                        })),
                    }
                }
            }
        }
        settings
    }

    fn suppression(&mut self, node: &Node) -> Option<ConfigSuppression> {
        let mut suppression = ConfigSuppression {
            span: node.span,
            policies: Vec::new(),
            address: None,
            path: None,
            reason: String::new(),
            until: None,
        };
        let before = self.problems.len();
        for (key, _, value) in self.known(node, "a suppression", SUPPRESSION) {
            match key {
                "policy" => suppression.policies = self.texts(value, "`policy`"),
                "address" => suppression.address = self.text(value, "`address`"),
                "path" => {
                    suppression.path = self.text(value, "`path`");
                    if let Some(glob) = &suppression.path {
                        self.check_glob(glob, value.span);
                    }
                }
                "reason" => {
                    let text = self.text(value, "`reason`").unwrap_or_default();
                    text.trim().clone_into(&mut suppression.reason);
                }
                _ => {
                    let text = self.text(value, "`until`")?;
                    suppression.until = Date::parse(&text);
                    if suppression.until.is_none() {
                        let help = "write the last day on which the suppression holds: `2027-03-01`".to_owned();
                        self.wrong(value.span, format!("`{text}` is no day of the calendar"), Some(help));
                    }
                }
            }
        }
        if suppression.policies.is_empty() && self.problems.len() == before {
            let help = "say which: `policy: deletion-protection-disabled`".to_owned();
            self.wrong(node.span, "the suppression names no policy", Some(help));
        }
        if suppression.reason.is_empty() && self.problems.len() == before {
            let help = "add `reason:` and say why the findings are acceptable".to_owned();
            self.wrong(node.span, "the suppression has no reason, so it does not hold", Some(help));
        }
        // What is half understood holds for nothing.
        (self.problems.len() == before).then_some(suppression)
    }

    pub(super) fn check_glob(&mut self, glob: &str, span: Span) {
        if let Err(error) = globset::Glob::new(glob) {
            self.wrong(span, format!("`{glob}` is no pattern of paths: {}", error.kind()), None);
        }
    }
}

fn to_json(data: &Data) -> serde_json::Value {
    match data {
        Data::Null => serde_json::Value::Null,
        Data::Bool(value) => (*value).into(),
        Data::Integer(value) => (*value).into(),
        Data::Float(value) => (*value).into(),
        Data::String(value) => value.as_str().into(),
        Data::List(items) => items.iter().map(|item| to_json(&item.data)).collect(),
        Data::Map(entries) => entries
            .iter()
            .map(|(key, _, value)| (key.clone(), to_json(&value.data)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn load(text: &str) -> (Config, Vec<(String, String)>) {
        let file = SourceFile::new(FileId(0), PathBuf::from("infra/dynalens.yml"), text);
        let (config, problems) = read(&file, Path::new("infra"));
        let problems = problems
            .into_iter()
            .map(|problem| {
                let place = problem.span.map(|span| file.slice(span).to_owned()).unwrap_or_default();
                (
                    place,
                    format!("{}{}", problem.message, problem.help.map(|help| format!("; {help}")).unwrap_or_default()),
                )
            })
            .collect();
        (config, problems)
    }

    #[test]
    fn the_file_of_the_manual_is_read_whole() {
        let (config, problems) = load(
            r#"
profile: strict
region: eu-west-1
account: "111122223333"
environments:
  prod: { production: true, workspace: prod, var-files: [env/prod.tfvars], parameters: { Environment: prod, Zones: [a, b] } }
  dev: { var-files: [../env/dev.tfvars], parameter-files: [params/dev.json], variables: { tags: { a: 1 } } }
policies:
  required-tag-missing: { required: [owner, [cost-center, CostCenter]] }
  dax-cluster-below-three-nodes: { severity: high, minimum_nodes: 5 }
  index-projects-everything: { enabled: false }
suppressions:
  - { policy: deletion-protection-disabled, address: "aws_dynamodb_table.cache*", path: "infra/**", reason: rebuilt nightly, until: 2027-03-01 }
exclude: ["vendor/**"]
policy-folders: [policies]
non-production: { words: [Lab] }
"#,
        );
        assert_eq!(problems, []);
        assert_eq!(config.profile, Some(Profile::Strict));
        assert_eq!(config.account.as_deref(), Some("111122223333"));
        assert_eq!(config.environments[0].production, Some(true));
        assert_eq!(config.environments[0].workspace.as_deref(), Some("prod"));
        assert_eq!(config.environments[0].var_files[0].0, Path::new("infra/env/prod.tfvars"));
        assert_eq!(config.environments[0].parameters[1].1, "a,b");
        assert_eq!(config.environments[1].var_files[0].0, Path::new("env/dev.tfvars"));
        assert_eq!(config.environments[1].variables[0].1, r#"{"a":1}"#);
        assert_eq!(config.policies[1].severity, Some(Severity::High));
        assert_eq!(config.policies[1].options[0].value, OptionValue::Integer(5));
        assert_eq!(config.policies[2].enabled, Some(false));
        assert_eq!(config.suppressions[0].until, Date::parse("2027-03-01"));
        assert_eq!(config.policy_folders[0].0, Path::new("infra/policies"));
        assert_eq!(config.non_production.words, Some(vec!["lab".to_owned()]));
    }

    #[test]
    fn each_mistake_is_said_at_its_place_and_the_rest_is_read() {
        let (config, problems) = load(
            "profil: strict\nprofile: strickt\nregion: eu-west-1\nexclude: [\"a[\"]\naccount: 12\npolicies:\n  a: { enabled: maybe, severity: hihg }\nenvironments: { prod: { var-file: x } }\n",
        );
        let places: Vec<&str> = problems.iter().map(|(place, _)| place.as_str()).collect();
        assert_eq!(places, ["profil", "strickt", "\"a[\"", "12", "maybe", "hihg", "var-file"]);
        assert!(problems[0].1.contains("did you mean `profile`?"));
        assert!(problems[1].1.contains("did you mean `strict`?"));
        assert!(problems[5].1.contains("did you mean `high`?"));
        assert!(problems[6].1.contains("did you mean `var-files`?"));
        assert_eq!(config.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn a_suppression_needs_a_policy_a_reason_and_a_real_day() {
        for (text, message) in [
            ("suppressions: [{ policy: a }]", "has no reason"),
            ("suppressions: [{ reason: b }]", "names no policy"),
            ("suppressions: [{ policy: a, reason: b, until: 2027-02-30 }]", "no day of the calendar"),
            ("suppressions: [{ policy: a, reason: b, adress: c }]", "did you mean `address`?"),
        ] {
            let (config, problems) = load(text);
            assert!(problems.len() == 1 && problems[0].1.contains(message), "{problems:?}");
            assert!(config.suppressions.is_empty(), "{text}");
        }
    }
}
