//! Plans and states as `terraform show -json` writes them.
//!
//! Takes the tree of such a file, gives a project whose values are Terraform's own. Where the configuration lies beside
//! the file, each resource and attribute is found in it by its address, so that findings stand in the source; without
//! it they stand in the JSON. Format: <https://developer.hashicorp.com/terraform/internals/json-format>.

mod references;
mod values;

#[cfg(test)]
mod tests;

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::resource::{Language, Problem, ProblemKind, Project, Resource};
use crate::source::Span;
use crate::syntax::tree::{NodeRef, Scalar, Tree};
use crate::value::{Inputs, OriginId, Origins, Step, Text, Value};

use super::modules::{Modules, configuration_files};
use super::options::{Given, Options};
use references::References;
use values::Overlay;

/// How deep modules may be nested in a plan.
const MAX_DEPTH: usize = 64;

/// Whether a JSON file is a plan or a state.
#[must_use]
pub fn is_plan(tree: &Tree) -> bool {
    tree.root().is_some_and(|root| {
        root.get("format_version").is_some()
            && (root.get("planned_values").is_some() || root.get("values").is_some())
            && root.get("terraform_version").is_some()
    })
}

/// Whether the file is a state in the form in which Terraform keeps it, which is its own.
fn is_stored_state(root: NodeRef<'_>) -> bool {
    ["version", "terraform_version", "serial", "lineage", "resources"].iter().all(|name| root.get(name).is_some())
}

/// Whether the file is the log of a run, as `terraform plan -json` prints it.
fn is_log(root: NodeRef<'_>) -> bool {
    text(root, "@module").is_some_and(|module| matches!(module, "terraform.ui" | "tofu.ui"))
}

/// Whether the file is what `terraform show -json` prints where there is no state, or nothing in it.
fn is_empty_state(root: NodeRef<'_>) -> bool {
    let known = ["format_version", "terraform_version", "checks"];
    root.get("format_version").is_some()
        && root.entries().all(|(name, _)| name.text().is_some_and(|name| known.contains(&name)))
}

/// What is said of a file that comes from Terraform and holds nothing that can be looked at.
fn told_of(root: NodeRef<'_>) -> Option<(&'static str, &'static str)> {
    if is_stored_state(root) {
        return Some((
            "this is a state as Terraform keeps it, which is not looked at",
            "pass what `terraform show -json` prints",
        ));
    }
    if is_log(root) {
        return Some((
            "this is the log of a run of Terraform, which does not hold the values that are planned",
            "save the plan with `terraform plan -out=FILE`, and pass what `terraform show -json FILE` prints",
        ));
    }
    if is_empty_state(root) {
        return Some((
            "this state holds nothing",
            "pass what `terraform show -json` prints of a plan, or of a state after an apply",
        ));
    }
    None
}

/// The project of a plan or state; nothing for other files.
#[must_use]
pub fn evaluate_plan(tree: &Tree, modules: &Modules<'_>, options: &Options) -> Option<Project> {
    let root = tree.root()?;
    if let Some((message, help)) = told_of(root) {
        let mut project = super::empty(&tree.file.path, options);
        project.problems.push(Problem {
            // The one is there by mistake; the others lie about.
            kind: if is_log(root) { ProblemKind::Error } else { ProblemKind::Note },
            span: None,
            path: Some(tree.file.path.clone()),
            message: message.to_owned(),
            help: Some(help.to_owned()),
        });
        return Some(project);
    }
    if !is_plan(tree) {
        return None;
    }
    let directory = tree.file.path.parent().unwrap_or(Path::new(""));
    let source = (!configuration_files(modules.fs, directory).is_empty()).then(|| {
        let mut options = options.clone();
        options.variables.extend(variables(root));
        super::evaluate(modules, directory, &options)
    });
    let mut resources: Vec<NodeRef<'_>> = Vec::new();
    let values = root.get("planned_values").or_else(|| root.get("values"))?;
    if let Some(module) = values.get("root_module") {
        collect(module, &mut resources, 0);
    }
    let changes: FxHashMap<&str, NodeRef<'_>> = root
        .get("resource_changes")
        .map(|changes| changes.items().filter_map(|one| Some((text(one, "address")?, one.get("change")?))).collect())
        .unwrap_or_default();
    let references = References::new(root);
    let written: FxHashMap<Text, Resource> = source
        .as_ref()
        .map(|project| project.resources.iter().map(|one| (one.address.clone(), one.clone())).collect())
        .unwrap_or_default();
    let (origins, problems) = match source {
        Some(project) => (project.origins, project.problems),
        None => (Origins::new(), Vec::new()),
    };
    let mut region = provider_region(root, &origins).unwrap_or_else(|| Value::absent(OriginId::NONE));
    if region.is_unset() {
        region = match &options.region {
            Some(region) => Value::string(region.clone(), OriginId::NONE),
            None => {
                super::declarations::outside("the Region is not known; set `region` in the configuration", "region")
            }
        };
    }
    let account = match &options.account {
        Some(account) => Value::string(account.clone(), OriginId::NONE),
        None => super::declarations::outside("the account is not known; set `account` in the configuration", "account"),
    };
    let made = resources.iter().filter_map(|node| {
        let address = text(*node, "address")?;
        let overlay = Overlay {
            origins: &origins,
            references: &references,
            change: changes.get(address).copied(),
            written: written.get(address),
        };
        resource(*node, address, &overlay, &region)
    });
    let resources = made.collect();
    Some(Project {
        language: Language::Terraform,
        path: tree.file.path.clone(),
        environment: options.environment.clone(),
        origins,
        inputs: Inputs::default(),
        resources,
        lent: 0,
        outputs: Vec::new(),
        region,
        account,
        problems,
    })
}

pub(super) fn text<'t>(node: NodeRef<'t>, key: &str) -> Option<&'t str> {
    match node.get(key)?.scalar()? {
        Scalar::String(text) => Some(text),
        _ => None,
    }
}

/// The resources of a module and its children.
fn collect<'t>(module: NodeRef<'t>, out: &mut Vec<NodeRef<'t>>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    if let Some(resources) = module.get("resources") {
        out.extend(resources.items().filter(|one| text(*one, "type").is_some_and(super::is_relevant)));
    }
    if let Some(children) = module.get("child_modules") {
        for child in children.items() {
            collect(child, out, depth + 1);
        }
    }
}

/// The values that the plan's variables have, for evaluating its source in the same way.
fn variables(root: NodeRef<'_>) -> Vec<Given> {
    let Some(variables) = root.get("variables") else { return Vec::new() };
    let given = variables.entries().filter_map(|(name, variable)| {
        let value = variable.get("value")?;
        let text = match value.scalar() {
            Some(Scalar::String(text)) => Text::new(text),
            Some(Scalar::Null) => return None,
            _ => Text::new(value.tree().file.slice(value.span())),
        };
        let file = value.tree().file.path_text();
        let name = Text::new(name.text()?);
        Some(Given { name, value: text, span: Some(value.span()), step: Step::File(file.into()) })
    });
    given.collect()
}

/// The Region of the default AWS provider, where it is a constant.
fn provider_region(root: NodeRef<'_>, origins: &Origins) -> Option<Value> {
    let providers = root.get("configuration")?.get("provider_config")?;
    let region = references::region_of(root, providers.get("aws")?)?;
    Some(Value::string(region.text()?, origins.literal(region.span())))
}

/// The Region of a provider that is not the default one.
fn region_of_provider(provider: NodeRef<'_>, overlay: &Overlay<'_, '_>) -> Value {
    let region = references::region_of(overlay.references.root, provider);
    match region.and_then(|region| Some((region.text()?, region.span()))) {
        Some((region, span)) => Value::string(region, overlay.origins.literal(span)),
        None => super::declarations::outside("the Region of its provider is not a constant", "region"),
    }
}

fn resource(node: NodeRef<'_>, address: &str, overlay: &Overlay<'_, '_>, region: &Value) -> Option<Resource> {
    let kind = text(node, "type")?;
    let header: Span = match overlay.written {
        Some(written) => written.header,
        None => node.get("address")?.span(),
    };
    let attributes = overlay.attributes(node, address, header);
    let default_tags = match attributes.get("tags_all") {
        Some(tags) if !tags.is_unset() => tags.clone(),
        _ => Value::absent(OriginId::NONE),
    };
    let own_region = attributes.get("region").filter(|region| region.as_str().is_some()).cloned();
    let nothing = || Value::map(Vec::new(), overlay.origins.literal(header));
    Some(Resource {
        address: address.into(),
        kind: kind.into(),
        name: text(node, "name").unwrap_or_default().into(),
        header,
        span: overlay.written.map_or_else(|| node.span(), |written| written.span),
        exists: Value::bool(true, overlay.origins.literal(header)),
        attributes,
        meta: overlay.written.map_or_else(nothing, |written| written.meta.clone()),
        calls: overlay.written.map(|written| written.calls.clone()).unwrap_or_default(),
        region: own_region
            .or_else(|| {
                overlay.written.map(|written| written.region.clone()).filter(|region| region.as_str().is_some())
            })
            .or_else(|| Some(region_of_provider(overlay.references.provider(address)?, overlay)))
            .unwrap_or_else(|| region.clone()),
        default_tags,
        managed: text(node, "mode") != Some("data"),
    })
}
