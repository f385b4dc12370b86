//! `dynalens model --schema`: what policies can ask of each subject, for people, for programs and as the documentation.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::schema::{Default, Field, SUBJECTS, Subject, SubjectSchema, Type};
use crate::policy::Pack;
use crate::policy::expression::plural;
use crate::policy::page::Page;

/// How a subject is asked about, where no policy of ours judges it alone: a condition that uses its fields.
const USES: &[(Subject, &str)] = &[
    (Subject::LegacyGlobalTable, "legacy_global_table.tables.size() > 0"),
    (Subject::DaxSubnetGroup, "dax_subnet_group.subnet_ids.size() >= 3"),
    (Subject::DaxParameterGroup, "dax_parameter_group.record_ttl_ms != 0"),
    (Subject::BackupPlan, "backup_plan.rules.all(r, r.schedule != null)"),
    (Subject::Grant, "grant.actions.all(a, a != \"dynamodb:*\")"),
    (Subject::Function, "self.memory_mb >= 256"),
    (Subject::Api, "api.private"),
    (Subject::StateMachine, "state_machine.tasks.size() > 0"),
    (Subject::Crawler, "crawler.targets.all(t, !t.scan_all)"),
    (Subject::Canary, "canary.starts"),
    (Subject::DnsRecord, "dns_record.health_check != null"),
    (Subject::RoutingControl, "routing_control.safe"),
    (Subject::SecurityGroup, "security_group.ingress.all(r, r.cidr != \"0.0.0.0/0\")"),
    (Subject::Subnet, "!subnet.public_addresses"),
    (Subject::Role, "role.trusted_services.all(s, s == \"dax.amazonaws.com\")"),
];

/// A condition on a subject, and the policy that it is taken from.
pub struct Use {
    pub condition: String,
    pub policy: Option<String>,
}

/// The condition that shows best how a subject is asked about: the shortest one of a policy that judges it alone.
#[must_use]
pub fn example(pack: &Pack, subject: Subject) -> Option<Use> {
    let own = pack
        .iter()
        .filter(|policy| policy.applies_to.as_ref() == [subject] && policy.lets.is_empty())
        .filter_map(|policy| Some((require(policy)?, policy.name.to_string())))
        .filter(|(condition, _)| condition.contains(subject.name()))
        .min_by_key(|(condition, name)| (condition.len(), name.clone()));
    match own {
        Some((condition, policy)) => Some(Use { condition, policy: Some(policy) }),
        None => {
            let (_, condition) = USES.iter().find(|(known, _)| *known == subject)?;
            Some(Use { condition: (*condition).to_owned(), policy: None })
        }
    }
}

/// The condition of a page as it is written, where it stands on one line.
fn require(page: &Page) -> Option<String> {
    let line = page.text.lines().find_map(|line| line.strip_prefix("require: "))?.trim();
    let quoted = line.strip_prefix('"').and_then(|line| line.strip_suffix('"'));
    let text = quoted.map_or_else(|| line.to_owned(), |inner| inner.replace("\\\"", "\"").replace("\\\\", "\\"));
    (!text.is_empty() && !text.starts_with('>') && !text.starts_with('|')).then_some(text)
}

/// A type as pages and people write it.
fn type_name(ty: &Type) -> String {
    match ty {
        Type::Bool => "bool".into(),
        Type::Integer => "integer".into(),
        Type::Number => "number".into(),
        Type::String => "string".into(),
        Type::Enum(values) => values.join(" | "),
        Type::List(inner) => format!("list of {}", type_name(inner)),
        Type::Map(inner) => format!("map of {}", type_name(inner)),
        Type::Object(_) => "group".into(),
        Type::Link(subject) => subject.name().into(),
        Type::Any => "any".into(),
    }
}

/// The fields of a group, or of the groups in a list.
fn inner(ty: &Type) -> &'static [Field] {
    match ty {
        Type::Object(fields) => fields,
        Type::List(Type::Object(fields)) => fields,
        _ => &[],
    }
}

fn default_text(default: Default) -> String {
    match default {
        Default::Bool(value) => value.to_string(),
        Default::Integer(value) => value.to_string(),
        Default::String(value) => value.to_owned(),
        Default::EmptyList => "an empty list".into(),
        Default::EmptyMap => "an empty map".into(),
    }
}

/// The fields with their whole names, groups before what is in them: `encryption`, `encryption.key_class`. Behind a
/// list stands `[]`.
fn flat(fields: &'static [Field], before: &str, out: &mut Vec<(String, &'static Field)>) {
    for field in fields {
        let name = format!("{before}{}", field.name);
        let within = inner(&field.ty);
        let below = if matches!(field.ty, Type::List(_)) { format!("{name}[].") } else { format!("{name}.") };
        out.push((name, field));
        flat(within, &below, out);
    }
}

fn fields(schema: &SubjectSchema) -> Vec<(String, &'static Field)> {
    let mut out = Vec::new();
    flat(schema.fields, "", &mut out);
    out
}

/// One paragraph a subject, one line a field.
///
/// # Errors
/// Those of the writer.
pub fn human(pack: &Pack, out: &mut dyn Write) -> io::Result<()> {
    for schema in SUBJECTS {
        let name = schema.subject.name();
        writeln!(out, "{name} (project.{})\n  {}\n", plural(schema.subject), schema.doc)?;
        for (name, field) in fields(schema) {
            write!(out, "  {name}: {}", type_name(&field.ty))?;
            if let Some(default) = field.default {
                write!(out, ", by default {}", default_text(default))?;
            }
            writeln!(out, "\n      {}", field.doc)?;
        }
        if let Some(example) = example(pack, schema.subject) {
            writeln!(out, "\n  require: {}", example.condition)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The schema for programs.
///
/// # Errors
/// Those of the writer.
pub fn json(pack: &Pack, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Document {
        version: u32,
        subjects: Vec<SubjectForm>,
    }
    #[derive(Serialize)]
    struct SubjectForm {
        name: &'static str,
        plural: String,
        doc: &'static str,
        fields: Vec<FieldForm>,
        example: Option<String>,
    }
    #[derive(Serialize)]
    struct FieldForm {
        name: &'static str,
        r#type: String,
        doc: &'static str,
        cloudformation: Option<&'static str>,
        terraform: Option<&'static str>,
        default: Option<serde_json::Value>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldForm>,
    }
    fn form(field: &'static Field) -> FieldForm {
        let place = |way: &'static str| (!way.is_empty()).then_some(way);
        FieldForm {
            name: field.name,
            r#type: type_name(&field.ty),
            doc: field.doc,
            cloudformation: place(field.cloudformation),
            terraform: place(field.terraform),
            default: field.default.map(|default| match default {
                Default::Bool(value) => value.into(),
                Default::Integer(value) => value.into(),
                Default::String(value) => value.into(),
                Default::EmptyList => serde_json::json!([]),
                Default::EmptyMap => serde_json::json!({}),
            }),
            fields: inner(&field.ty).iter().map(form).collect(),
        }
    }
    let subjects = SUBJECTS
        .iter()
        .map(|schema| SubjectForm {
            name: schema.subject.name(),
            plural: plural(schema.subject),
            doc: schema.doc,
            fields: schema.fields.iter().map(form).collect(),
            example: example(pack, schema.subject).map(|example| example.condition),
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &Document { version: 1, subjects })?;
    out.write_all(b"\n")
}

/// A section a subject, with a table of its fields and an example.
///
/// # Errors
/// Those of the writer.
pub fn markdown(pack: &Pack, out: &mut dyn Write) -> io::Result<()> {
    let cell = |text: &str| text.replace('|', "\\|");
    let way = |way: &str| if way.is_empty() { String::new() } else { format!("`{way}`") };
    for schema in SUBJECTS {
        let name = schema.subject.name();
        writeln!(out, "## {name}\n\n{}\n\nAll of them: `project.{}`.\n", schema.doc, plural(schema.subject))?;
        if let Some(Use { condition, policy }) = example(pack, schema.subject) {
            let from = policy.map_or_else(String::new, |policy| format!(" (from `{policy}`)"));
            writeln!(out, "Example{from}:\n\n```yaml\napplies-to: {name}\nrequire: >-\n  {condition}\n```\n")?;
        }
        writeln!(out, "| field | type | meaning | default | CloudFormation | Terraform |\n|---|---|---|---|---|---|")?;
        for (name, field) in fields(schema) {
            writeln!(
                out,
                "| `{name}` | {} | {} | {} | {} | {} |",
                cell(&type_name(&field.ty)),
                cell(field.doc),
                field.default.map(default_text).unwrap_or_default(),
                way(field.cloudformation),
                way(field.terraform),
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::expression::{Names, compile};

    #[test]
    fn each_subject_has_an_example_that_compiles() {
        let pack = Pack::built_in();
        let mut wrong = Vec::new();
        for schema in SUBJECTS {
            let name = schema.subject.name();
            let Some(example) = example(&pack, schema.subject) else {
                wrong.push(format!("`{name}` has no example"));
                continue;
            };
            let names = Names { subjects: vec![schema.subject], ..Names::default() };
            if example.policy.is_none()
                && let Err(mistake) = compile(&example.condition, &names)
            {
                wrong.push(format!("{name}: {mistake:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
