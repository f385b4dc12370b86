//! SAM templates mean what `aws-sam-translator` makes of them: the same tables, mappings, grants, roles and data sources.
//!
//! `fixtures/sam/cases.jsonl` holds templates and recorded answers, `fixtures/sam/record.py` asks again. With
//! `SAM_CASES=FILE` the same test judges other recordings.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::cloudformation::{Given, Loader, Options, evaluate};
use crate::model::schema::Subject;
use crate::model::{Entity, build};
use crate::resource::Resource;
use crate::source::{Overlay, Sources};
use crate::value::{Assignment, Data, Part, Step, Symbol, Unknown, Value};

use super::support::Built;

/// What tells a simple table from the table that it becomes, and links that are compared from their other end.
const LEFT_OUT: &[&str] = &[
    "address",
    "billing_mode_written",
    "capacity.read_given",
    "clients",
    "grants",
    "import",
    "language",
    "logical_name",
    "resource_type",
    "restored",
    "simple",
    "stream_consumers",
];

fn read(template: &serde_json::Value, parameters: &serde_json::Value) -> Built {
    let sources = Sources::new();
    let fs = Overlay::in_memory();
    let file = sources.add("t.json", template.to_string());
    let tree = crate::syntax::parse_data(file);
    let given = parameters.as_object().unwrap().iter().map(|(name, value)| Given {
        name: name.into(),
        value: value.as_str().unwrap().into(),
        span: None,
        step: Step::CommandLine(name.into()),
    });
    let options = Options {
        region: Some("us-east-1".into()),
        account: Some("111122223333".into()),
        parameters: given.collect(),
        ..Options::default()
    };
    let loader = Loader { fs: &fs, sources: &sources, root: Some(Path::new("")) };
    let project = evaluate(&tree, &options, &loader).expect("a template");
    let model = build(&project);
    Built { project, model }
}

/// Every combination of the cases of all inputs of both sides, by name and label.
fn combinations(sides: [&Built; 2]) -> Vec<BTreeMap<String, String>> {
    let mut inputs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for side in sides {
        for (_, input) in side.project.inputs.iter() {
            let labels = input.cases.iter().map(|case| case.label.to_string());
            inputs.entry(input.name.to_string()).or_default().extend(labels);
        }
    }
    let mut all = vec![BTreeMap::new()];
    for (name, labels) in inputs {
        let with = |one: &BTreeMap<String, String>, label: &String| {
            let mut one = one.clone();
            one.insert(name.clone(), label.clone());
            one
        };
        all = all.iter().flat_map(|one| labels.iter().map(|label| with(one, label)).collect::<Vec<_>>()).collect();
    }
    all
}

struct Shown<'b> {
    built: &'b Built,
    assignment: Assignment,
}

impl<'b> Shown<'b> {
    fn new(built: &'b Built, combination: &BTreeMap<String, String>) -> Self {
        let mut assignment = Assignment::default();
        for (id, input) in built.project.inputs.iter() {
            let Some(label) = combination.get(input.name.as_str()) else { continue };
            let case = input.cases.iter().position(|case| case.label == *label);
            // A case that only the other side tells apart belongs to the rest here.
            let case = case.or_else(|| input.cases.iter().position(|case| case.is_rest));
            assignment = assignment.with(id, case.expect("a case or the rest"));
        }
        Self { built, assignment }
    }

    fn resolved<'v>(&self, value: &'v Value) -> &'v Value {
        self.assignment.resolve(value).expect("all inputs are decided")
    }

    fn text(&self, value: &Value) -> String {
        match &self.resolved(value).data {
            Data::Absent | Data::Null => "-".to_owned(),
            Data::Bool(flag) => flag.to_string(),
            Data::Number(number) => number.to_string(),
            Data::String(text) => text.to_string(),
            Data::Parts(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Known(text, _) => text.to_string(),
                    Part::Open(unknown, _) => name(unknown),
                })
                .collect(),
            Data::List(list) => {
                let mut items: Vec<String> =
                    list.items.iter().map(|item| self.text(item)).filter(|item| item != "-").collect();
                items.dedup();
                if list.rest.is_some() {
                    items.push("...".to_owned());
                }
                format!("[{}]", items.join(", "))
            }
            Data::Map(map) => {
                let entries: BTreeMap<&str, String> = map
                    .entries
                    .iter()
                    .map(|entry| (entry.key.as_str(), self.text(&entry.value)))
                    .filter(|(_, text)| text != "-")
                    .collect();
                let entries: Vec<String> = entries.iter().map(|(key, text)| format!("{key}: {text}")).collect();
                format!("{{{}}}", entries.join(", "))
            }
            Data::Unknown(unknown) => name(unknown),
            Data::Entity(id) => self.built.model.get(*id).address.replace('/', ""),
            Data::Choice(_) => unreachable!("choices are resolved"),
        }
    }

    /// A list whose order and repetitions mean nothing.
    fn set(&self, value: &Value) -> String {
        let Some(list) = self.resolved(value).as_list() else { return self.text(value) };
        let items: BTreeSet<String> =
            list.items.iter().map(|item| self.text(item)).filter(|item| item != "-").collect();
        let rest = if list.rest.is_some() { ", ..." } else { "" };
        format!("[{}{rest}]", items.into_iter().collect::<Vec<_>>().join(", "))
    }

    fn exists(&self, exists: &Value) -> bool {
        self.resolved(exists).as_bool() != Some(false)
    }

    fn fields(&self, fields: &Value, keep: impl Fn(&str) -> bool) -> String {
        let mut out = String::new();
        for entry in &fields.as_map().expect("fields").entries {
            let text = match entry.key.as_str() {
                "managed_policies" | "tables" | "indexes" => self.set(&entry.value),
                _ => self.text(&entry.value),
            };
            // Groups of which nothing is written.
            if keep(&entry.key) && text != "-" && text != "[]" && text != "{}" {
                let _ = write!(out, "\n    {}: {text}", entry.key);
            }
        }
        let mut lines: Vec<&str> = out.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    }

    /// Everything that is compared, one paragraph for each thing.
    fn facts(&self) -> Vec<String> {
        let mut facts = Vec::new();
        for (_, entity) in self.built.model.iter() {
            if !self.exists(&entity.exists) {
                continue;
            }
            let fact = match entity.subject {
                Subject::Table => {
                    let fields = self.fields(&entity.fields, |key| !LEFT_OUT.contains(&key));
                    format!("table {}{fields}", entity.address)
                }
                // Policy templates about other services are left out.
                Subject::Grant if self.is_about_other_services(entity) => continue,
                Subject::Grant => {
                    let keep = ["effect", "actions", "not_actions", "resources", "not_resources", "conditions", "sid"];
                    let links = ["tables", "indexes", "roles", "users", "groups", "boundary", "managed_policy"];
                    format!("grant{}", self.fields(&entity.fields, |key| keep.contains(&key) || links.contains(&key)))
                }
                // What may read streams for all that is known; an event says what it reads.
                Subject::StreamConsumer if !entity.managed => continue,
                Subject::StreamConsumer => {
                    let left_out = ["address", "language", "logical_name", "name", "sam_event", "resource_type"];
                    let fields = self.fields(&entity.fields, |key| !left_out.contains(&key));
                    format!("consumer {}{fields}", entity.address.replace('/', ""))
                }
                Subject::Role => {
                    let keep = ["name", "trust", "managed_policies"];
                    format!("role {}{}", entity.address, self.fields(&entity.fields, |key| keep.contains(&key)))
                }
                _ => continue,
            };
            facts.push(fact);
        }
        for resource in &self.built.project.resources {
            if matches!(resource.kind.as_str(), "AWS::Lambda::EventSourceMapping" | "AWS::AppSync::DataSource")
                && self.exists(&resource.exists)
            {
                facts.push(self.resource(resource));
            }
        }
        facts.sort();
        facts.dedup();
        facts
    }

    fn is_about_other_services(&self, grant: &Entity) -> bool {
        let Some(actions) = grant.fields.get("actions") else { return false };
        let Some(actions) = self.resolved(actions).as_list() else { return false };
        let actions: Vec<String> = actions.items.iter().map(|action| self.text(action)).collect();
        !actions.is_empty()
            && actions.iter().all(|action| {
                let service = action.split(':').next().unwrap_or_default();
                ["sqs", "sns", "s3", "cloudwatch"].contains(&service)
            })
    }

    fn resource(&self, resource: &Resource) -> String {
        // A data source's address ends in its name here, and in what the translator calls it there.
        let address = if resource.kind.ends_with("DataSource") { "" } else { resource.address.as_str() };
        let fields = self.fields(&resource.attributes, |key| key != "Description");
        format!("{} {}{fields}", resource.kind, address.replace('/', ""))
    }
}

fn name(unknown: &Unknown) -> String {
    match &unknown.symbol {
        Some(Symbol::Expression(text)) => format!("<{text}>"),
        Some(Symbol::Resource { address, attribute }) => format!("<{address}.{attribute}>"),
        None => "<?>".to_owned(),
    }
}

#[test]
fn templates_mean_what_the_translator_makes_of_them() {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sam/cases.jsonl");
    let path = std::env::var_os("SAM_CASES").map_or(recorded, PathBuf::from);
    let text = std::fs::read_to_string(&path).expect("the recorded cases");
    let (mut different, mut compared, mut cases) = (Vec::new(), 0, 0);
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("one case a line");
        let ours = read(&case["template"], &case["parameters"]);
        let theirs = read(&case["translated"], &case["parameters"]);
        cases += 1;
        for combination in combinations([&ours, &theirs]) {
            let (our, their) = (Shown::new(&ours, &combination).facts(), Shown::new(&theirs, &combination).facts());
            compared += their.len();
            if our == their {
                continue;
            }
            let mut report = format!("{} {combination:?}\n", case["name"]);
            for fact in our.iter().filter(|fact| !their.contains(fact)) {
                let _ = writeln!(report, "  ours: {fact}");
            }
            for fact in their.iter().filter(|fact| !our.contains(fact)) {
                let _ = writeln!(report, "  theirs: {fact}");
            }
            different.push(report);
            break;
        }
    }
    let count = different.len();
    assert!(different.is_empty(), "{count} of {cases} differ\n{}", different[..count.min(400)].join("\n"));
    assert!(compared > 5 * cases, "{compared} facts in {cases} cases");
}
