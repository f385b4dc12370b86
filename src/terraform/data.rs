//! Data sources: unknown until they are read, but for the few that say what the configuration itself decides.

use std::rc::Rc;

use crate::source::Span;
use crate::value::{Part, Text, Value, join_parts};

use super::declarations::outside;
use super::expand::One;
use super::operators;
use super::scope::{Evaluator, Instance};

impl Evaluator<'_> {
    /// An attribute of a data source that is known without reading it.
    pub(super) fn data_attribute(
        &self,
        instance: &Rc<Instance>,
        key: &str,
        one: &One,
        attribute: &Text,
        span: Span,
    ) -> Option<Value> {
        let (kind, _) = key.split_once('.')?;
        let block = self.node(instance).module.data.get(key)?;
        let value = match (kind, attribute.as_str()) {
            ("aws_region", "name" | "region" | "id") => {
                // A data source that asks for a Region by its name gives that one.
                ["name", "region"]
                    .iter()
                    .find_map(|name| self.written_attribute(instance, true, key, one, name))
                    .filter(|value| !value.is_unset())
                    .unwrap_or_else(|| self.provider_of(instance, block, &one.each).region.clone())
            }
            ("aws_caller_identity", "account_id" | "id") => self.account.clone(),
            ("aws_partition", "partition" | "id") => {
                outside("the partition is that of the account", "data.aws_partition.partition")
            }
            ("aws_partition", "dns_suffix") => {
                outside("the partition is that of the account", "data.aws_partition.dns_suffix")
            }
            // The name of an AWS service is made of the Region and the short name that is asked for.
            ("aws_vpc_endpoint_service", "service_name") => {
                let service = self.written_attribute(instance, true, key, one, "service")?;
                let region = self.provider_of(instance, block, &one.each).region.clone();
                let origin = service.origin;
                super::lift::lift(&[&region, &service], &mut |leaves| {
                    let text = |text: &str| vec![Part::Known(text.into(), origin)];
                    let parts = [
                        text("com.amazonaws."),
                        operators::template_part(leaves[0])?,
                        text("."),
                        operators::template_part(leaves[1])?,
                    ];
                    Ok(join_parts(parts.concat(), origin))
                })
                .ok()?
            }
            _ => return None,
        };
        let step = crate::value::Step::Resource { address: one.address.clone(), attribute: attribute.clone() };
        Some(self.referred(value, span, step))
    }
}
