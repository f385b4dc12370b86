//! Which tables a zero-ETL integration or an ingestion pipeline of the project reads.

use crate::value::{Data, Part, Step, Symbol, Value, text};

use super::super::derive::{both, each, either, known_text};
use super::super::drafts::Drafts;
use super::super::read::Context;
use super::table::leads_to;
use super::table_ref;
use super::targets::{Elsewhere, Targets};

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, tables: &Targets<'_>) {
    let mut sources: Vec<(Value, Source)> = Vec::new();
    for (position, resource) in context.project.resources.iter().enumerate().filter(|(_, resource)| resource.managed) {
        let Some(reader) = context.reader(position) else { continue };
        let source = match resource.kind.as_str() {
            "AWS::Redshift::Integration" | "AWS::Glue::Integration" => {
                Source::Table(table_ref::resolve(tables, &reader.raw("SourceArn"), Elsewhere::Absent).table)
            }
            "aws_redshift_integration" | "aws_glue_integration" => {
                Source::Table(table_ref::resolve(tables, &reader.raw("source_arn"), Elsewhere::Absent).table)
            }
            "AWS::OSIS::Pipeline" => Source::Pipeline(reader.raw("PipelineConfigurationBody")),
            "aws_osis_pipeline" => Source::Pipeline(reader.raw("pipeline_configuration_body")),
            _ => continue,
        };
        sources.push((resource.exists.clone(), source));
    }
    for id in tables.ids() {
        let Some(draft) = drafts.get(id) else { continue };
        let here = draft.value("address").origin;
        let (address, name) = (draft.resource_address.clone(), draft.reference("written_name"));
        let read = sources.iter().fold(Value::fact(false, here), |found, (exists, source)| {
            let this = match source {
                Source::Table(link) => leads_to(link, id),
                Source::Pipeline(body) => names(context, body, &address, known_text(&name)),
            };
            either(&found, &both(exists, &this))
        });
        if let Some(draft) = drafts.get_mut(id) {
            draft.set("zero_etl", read);
        }
    }
}

enum Source {
    /// The link to the table that an integration reads.
    Table(Value),
    /// The configuration of a pipeline of OpenSearch Ingestion.
    Pipeline(Value),
}

/// Whether a pipeline's configuration names a table: by a reference, or by its ARN.
fn names(context: &Context<'_>, body: &Value, address: &str, name: Option<&str>) -> Value {
    each(body, &mut |body| {
        let known = |is: bool| Value::fact(is, body.origin);
        let by_trail = context.project.origins.trail(body.origin).into_iter().any(|origin| match origin.step {
            Step::Resource { address: named, .. } => named == address,
            _ => false,
        });
        let written = name.is_some_and(|name| text::known_pieces(body).iter().any(|piece| names_table(piece, name)));
        if by_trail || written {
            return known(true);
        }
        match &body.data {
            Data::Parts(parts) => {
                let mut open = None;
                for part in parts.iter() {
                    let Part::Open(unknown, _) = part else { continue };
                    match &unknown.symbol {
                        Some(Symbol::Resource { address: named, .. }) if named == address => return known(true),
                        Some(Symbol::Resource { .. }) => {}
                        _ => open = Some(unknown),
                    }
                }
                match open {
                    Some(unknown) => Value::new(Data::Unknown(unknown.clone()), body.origin),
                    None => known(false),
                }
            }
            Data::Unknown(_) => body.clone(),
            _ => known(false),
        }
    })
}

/// Whether a text holds `:table/NAME` with nothing of a longer name behind it.
fn names_table(text: &str, name: &str) -> bool {
    text.split(":table/").skip(1).any(|rest| {
        let own = rest.strip_prefix(name).and_then(|behind| behind.chars().next());
        rest == name || own.is_some_and(|next| !(next.is_ascii_alphanumeric() || "_.-".contains(next)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_name_is_another_table() {
        assert!(names_table("table_arn: \"arn:aws:dynamodb:eu-west-1:1:table/orders\"", "orders"));
        assert!(names_table("arn:aws:dynamodb:eu-west-1:1:table/orders", "orders"));
        assert!(!names_table("arn:aws:dynamodb:eu-west-1:1:table/orders-old\n", "orders"));
    }
}
