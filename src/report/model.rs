//! `dynalens model`: what was understood of the code, version 1 of the contract that `schemas/model-v1.schema.json`
//! describes.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::escape::Json;
use super::place::{Places, Range};
use super::value::{Context, Encoded};
use crate::analysis::{Understanding, Understood};
use crate::model::Entity;
use crate::model::schema::Subject;
use crate::policy::expression::plural;
use crate::resource::{Language, ProblemKind, Project, Resource};
use crate::source::{Sources, Span};
use crate::value::{Data, OriginId, Origins, Step, Value};

/// Writes resources and models of all projects. With `origins`, each value's way is written beside it.
///
/// # Errors
/// Those of the writer.
pub fn write(understanding: &Understanding, sources: &Sources, origins: bool, out: &mut dyn Write) -> io::Result<()> {
    let Understanding { projects, problems, .. } = understanding;
    let places = Places::new(sources);
    let writer = Writer { places: &places, origins };
    let mut lists: BTreeMap<usize, (String, Vec<EntityForm<'_>>)> = BTreeMap::new();
    for understood in projects {
        for (_, entity) in understood.model.iter() {
            let order = Subject::ALL.iter().position(|(subject, _)| *subject == entity.subject).unwrap_or(usize::MAX);
            let (_, list) = lists.entry(order).or_insert_with(|| (plural(entity.subject), Vec::new()));
            list.push(writer.entity(understood, entity));
        }
    }
    // The lists that programs ask for first are always there.
    for subject in [Subject::Table, Subject::Index, Subject::DaxCluster] {
        let order = Subject::ALL.iter().position(|(one, _)| *one == subject).unwrap_or(usize::MAX);
        lists.entry(order).or_insert_with(|| (plural(subject), Vec::new()));
    }
    let report = Report {
        version: 1,
        projects: projects.iter().map(|understood| project_form(&understood.project)).collect(),
        resources: projects
            .iter()
            .flat_map(|understood| {
                understood.project.resources.iter().map(|resource| writer.resource(understood, resource))
            })
            .collect(),
        entities: lists.into_values().collect(),
        errors: problems
            .iter()
            .filter(|problem| problem.kind != ProblemKind::Note)
            .map(|problem| ErrorForm {
                file: problem
                    .span
                    .map(|span| places.path(span))
                    .or_else(|| problem.path.as_ref().map(|path| path.to_string_lossy().replace('\\', "/"))),
                span: problem.span.map(|span| places.range(span)),
                message: &problem.message,
            })
            .collect(),
    };
    serde_json::to_writer_pretty(Json(&mut *out), &report)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    projects: Vec<ProjectForm<'a>>,
    resources: Vec<ResourceForm<'a>>,
    /// `tables`, `indexes`, ... in the order of the subjects.
    #[serde(flatten, serialize_with = "as_entries")]
    entities: Vec<(String, Vec<EntityForm<'a>>)>,
    errors: Vec<ErrorForm<'a>>,
}

fn as_entries<S: serde::Serializer>(lists: &[(String, Vec<EntityForm<'_>>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(lists.iter().map(|(name, list)| (name, list)))
}

#[derive(Serialize)]
struct ErrorForm<'a> {
    file: Option<String>,
    span: Option<Range>,
    message: &'a str,
}

#[derive(Serialize)]
struct ProjectForm<'a> {
    path: String,
    language: &'static str,
    environment: Option<&'a str>,
    inputs: Vec<InputForm<'a>>,
}

#[derive(Serialize)]
struct InputForm<'a> {
    name: &'a str,
    cases: Vec<&'a str>,
    default: Option<&'a str>,
}

#[derive(Serialize)]
struct ResourceForm<'a> {
    address: &'a str,
    r#type: &'a str,
    name: &'a str,
    project: String,
    file: String,
    span: Range,
    exists: Encoded<'a>,
    attributes: Encoded<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origins: Option<BTreeMap<String, Vec<HopForm>>>,
}

#[derive(Serialize)]
struct EntityForm<'a> {
    address: &'a str,
    r#type: &'a str,
    name: &'a str,
    project: String,
    file: String,
    span: Range,
    exists: Encoded<'a>,
    fields: Encoded<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origins: Option<BTreeMap<String, Vec<HopForm>>>,
}

#[derive(Serialize)]
struct HopForm {
    file: String,
    span: Range,
    step: String,
}

struct Writer<'a> {
    places: &'a Places<'a>,
    origins: bool,
}

impl Writer<'_> {
    fn resource<'p>(&self, understood: &'p Understood, resource: &'p Resource) -> ResourceForm<'p> {
        let Understood { project, model, .. } = understood;
        let context = Context { inputs: &project.inputs, model };
        ResourceForm {
            address: &resource.address,
            r#type: &resource.kind,
            name: &resource.name,
            project: path_of(project),
            file: self.places.path(resource.span),
            span: self.places.range(resource.span),
            exists: Encoded(&resource.exists, context),
            attributes: Encoded(&resource.attributes, context),
            origins: self.ways(&project.origins, &resource.attributes),
        }
    }

    fn entity<'p>(&self, understood: &'p Understood, entity: &'p Entity) -> EntityForm<'p> {
        let Understood { project, model, .. } = understood;
        let context = Context { inputs: &project.inputs, model };
        EntityForm {
            address: &entity.address,
            r#type: &entity.kind,
            name: &entity.name,
            project: path_of(project),
            file: self.places.path(entity.span),
            span: self.places.range(entity.span),
            exists: Encoded(&entity.exists, context),
            fields: Encoded(&entity.fields, context),
            origins: self.ways(&project.origins, &entity.fields),
        }
    }

    /// The way of each value, by the names that lead to it (`a.b[0]`, `a(prod)` for a case).
    fn ways(&self, origins: &Origins, value: &Value) -> Option<BTreeMap<String, Vec<HopForm>>> {
        if !self.origins {
            return None;
        }
        let mut found = BTreeMap::new();
        self.walk(origins, value, String::new(), 0, &mut found);
        Some(found)
    }

    fn walk(
        &self,
        origins: &Origins,
        value: &Value,
        at: String,
        depth: usize,
        found: &mut BTreeMap<String, Vec<HopForm>>,
    ) {
        if depth > DEEPEST {
            return;
        }
        match &value.data {
            Data::Map(map) => {
                for entry in &map.entries {
                    let name = if at.is_empty() { entry.key.to_string() } else { format!("{at}.{}", entry.key) };
                    self.walk(origins, &entry.value, name, depth + 1, found);
                }
            }
            Data::List(list) => {
                for (index, item) in list.items.iter().enumerate() {
                    self.walk(origins, item, format!("{at}[{index}]"), depth + 1, found);
                }
            }
            Data::Choice(choice) => {
                for (index, case) in choice.cases.iter().enumerate() {
                    self.walk(origins, case, format!("{at}(case {index})"), depth + 1, found);
                }
            }
            _ => {}
        }
        let trail = self.trail(origins, value.origin);
        if !trail.is_empty() && !at.is_empty() {
            found.insert(at, trail);
        }
    }

    fn trail(&self, origins: &Origins, origin: OriginId) -> Vec<HopForm> {
        let hop = |span: Span, step: &Step| HopForm {
            file: self.places.path(span),
            span: self.places.range(span),
            step: step_text(step),
        };
        origins.trail(origin).iter().map(|origin| hop(origin.span, &origin.step)).collect()
    }
}

/// Values nested deeper than this have no origins of their own in the output.
const DEEPEST: usize = 64;

fn project_form(project: &Project) -> ProjectForm<'_> {
    let language = match project.language {
        Language::CloudFormation => "cloudformation",
        Language::Sam => "sam",
        Language::Terraform => "terraform",
    };
    let inputs = project.inputs.iter().map(|(_, input)| InputForm {
        name: &input.name,
        cases: input.cases.iter().map(|case| case.label.as_str()).collect(),
        default: input.default.and_then(|case| input.cases.get(case)).map(|case| case.label.as_str()),
    });
    ProjectForm {
        path: path_of(project),
        language,
        environment: project.environment.as_deref(),
        inputs: inputs.collect(),
    }
}

fn path_of(project: &Project) -> String {
    let path = project.path.to_string_lossy().replace('\\', "/");
    if path.is_empty() { ".".to_owned() } else { path }
}

fn step_text(step: &Step) -> String {
    match step {
        Step::Literal => "literal".to_owned(),
        Step::Expression => "expression".to_owned(),
        Step::Document(_) => "document".to_owned(),
        Step::Reference(name) => format!("reference: {name}"),
        Step::Resource { address, attribute } => format!("resource: {address}.{attribute}"),
        Step::Default(name) => format!("default: {name}"),
        Step::Argument { name, module } => format!("argument: {name} of {module}"),
        Step::File(name) => format!("file: {name}"),
        Step::CommandLine(name) => format!("command line: {name}"),
        Step::Globals => "globals".to_owned(),
        Step::ProviderDefault => "provider default".to_owned(),
        Step::Branch(name) => format!("branch: {name}"),
        Step::Absent(text) => format!("absent: {text}"),
    }
}
