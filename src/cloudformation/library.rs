//! The other files that a template names: nested templates and includes, read once before anything is evaluated.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::resource::Problem;
use crate::source::{Span, lexical};
use crate::syntax::tree::{NodeId, NodeRef, Tree};

use super::options::{Given, Loader};
use super::serverless_framework::Framework;
use super::template::Template;

/// How many files one template may lead to.
const MAX_FILES: usize = 200;

/// Parsed files by the path that leads to them.
#[derive(Default)]
pub struct Library {
    trees: FxHashMap<PathBuf, Arc<Tree>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

impl Library {
    /// Reads all files that a template leads to.
    #[must_use]
    pub fn gather(tree: &Tree, loader: &Loader<'_>, given: &[Given]) -> Self {
        let mut library = Self::default();
        let service = Framework::of(tree).filter(|_| loader.root.is_some());
        // Variables of a service name files from its own directory, wherever they stand.
        let files = |inner: &Tree| -> Vec<(PathBuf, Span)> {
            let files = service.iter().flat_map(|service| service.files(inner, given));
            let at = tree.root().map_or_else(|| tree.file.whole(), NodeRef::span);
            files.filter_map(|path| Some((existing(&path, loader)?, at))).filter(|(path, _)| is_data(path)).collect()
        };
        // A workflow may have gaps that only its substitutions fill: its mistakes are not told.
        let mut definitions: Vec<PathBuf> = definitions_of(tree, loader).into_iter().map(|(path, _)| path).collect();
        let mut pending = references(tree, loader);
        pending.extend(files(tree));
        while let Some((path, from)) = pending.pop() {
            if library.trees.contains_key(&path) {
                continue;
            }
            if library.trees.len() >= MAX_FILES {
                library.problems.push(Problem::note(
                    from,
                    format!("more than {MAX_FILES} nested templates and includes; the others were not read"),
                ));
                break;
            }
            let Some(found) = read(&path, loader) else { continue };
            let found = Arc::new(found);
            if Template::find(&found).is_none() && definitions.contains(&path) {
                library.trees.insert(path, found);
                continue;
            }
            // Nobody else reads these files, so their mistakes are told here.
            library.problems.extend(found.errors.iter().map(|error| Problem::error(error.span, error.message.clone())));
            definitions.extend(definitions_of(&found, loader).into_iter().map(|(path, _)| path));
            pending.extend(references(&found, loader));
            pending.extend(files(&found));
            library.trees.insert(path, found);
        }
        library
    }

    /// The file that a location in `tree` leads to.
    #[must_use]
    pub fn find(&self, tree: &Tree, location: &str) -> Option<&Arc<Tree>> {
        let path = relative(tree, location)?;
        candidates(&path).into_iter().find_map(|path| self.trees.get(&path))
    }

    /// How many nodes all files have.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.trees.values().map(|tree| tree.len()).sum()
    }
}

/// The local templates that a template names as nested stacks or applications. They are judged with it and are no roots
/// of their own.
#[must_use]
pub fn children(tree: &Tree, loader: &Loader<'_>) -> Vec<PathBuf> {
    let Some(template) = Template::find(tree) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = nested(&template)
        .into_iter()
        .filter_map(|(location, _)| existing(&relative(tree, location)?, loader))
        .collect();
    if let Some(service) = &template.framework {
        let files = service.files(tree, &[]);
        paths.extend(files.iter().filter_map(|path| existing(path, loader)).filter(|path| is_data(path)));
    }
    paths.sort();
    paths.dedup();
    paths
}

/// All local files that a template leads to by itself: nested templates, includes, definitions, files of a service.
#[must_use]
pub fn leads(tree: &Tree, loader: &Loader<'_>) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = references(tree, loader).into_iter().map(|(path, _)| path).collect();
    paths.extend(children(tree, loader));
    paths.sort();
    paths.dedup();
    paths
}

/// Whether a file holds data rather than code.
fn is_data(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["yml", "yaml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}

/// The location of a nested stack's or application's template, where it is written out.
#[must_use]
pub fn location(resource: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let properties = resource.get("Properties")?;
    match resource.get("Type").and_then(NodeRef::text)? {
        "AWS::CloudFormation::Stack" => {
            // The CDK names the file of a nested template beside the URL that it will be uploaded to.
            let asset = resource.get("Metadata").and_then(|metadata| {
                let property = metadata.get("aws:asset:property").and_then(NodeRef::text);
                metadata.get("aws:asset:path").filter(|_| property == Some("TemplateURL"))
            });
            asset.or_else(|| properties.get("TemplateURL")).filter(|node| node.is_scalar())
        }
        "AWS::Serverless::Application" => properties.get("Location").filter(|node| node.is_scalar()),
        _ => None,
    }
}

fn nested<'t>(template: &Template<'t>) -> Vec<(&'t str, NodeRef<'t>)> {
    let resources = template.sections("Resources").flat_map(NodeRef::entries);
    resources.filter_map(|(_, resource)| location(resource)).filter_map(|node| Some((node.text()?, node))).collect()
}

/// All files that a tree leads to, with the place where each is named.
fn references(tree: &Tree, loader: &Loader<'_>) -> Vec<(PathBuf, Span)> {
    let mut found: Vec<(&str, NodeRef<'_>)> = Vec::new();
    if loader.root.is_none() {
        return Vec::new();
    }
    let mut paths = definitions_of(tree, loader);
    if let Some(template) = Template::find(tree) {
        found.extend(nested(&template));
    }
    // Includes may stand anywhere; going through the arena visits each node once.
    for index in 0..u32::try_from(tree.len()).unwrap_or(u32::MAX) {
        found.extend(include_location(tree.node(NodeId(index))).and_then(|node| Some((node.text()?, node))));
    }
    let others = found.into_iter();
    paths.extend(
        others.filter_map(|(location, node)| Some((existing(&relative(tree, location)?, loader)?, node.span()))),
    );
    paths
}

/// The local files that a template names as definitions of workflows, with the place where each is named.
fn definitions_of(tree: &Tree, loader: &Loader<'_>) -> Vec<(PathBuf, Span)> {
    let Some(template) = Template::find(tree).filter(|_| loader.root.is_some()) else { return Vec::new() };
    let resources = template.sections("Resources").flat_map(NodeRef::entries);
    let named = resources.filter_map(|(_, resource)| {
        let node = definition_location(resource)?;
        Some((existing(&relative(tree, node.text()?)?, loader)?, node.span()))
    });
    named.filter(|(path, _)| is_data(path)).collect()
}

/// The file of a workflow's definition, where a path is written out.
#[must_use]
pub fn definition_location(resource: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let properties = resource.get("Properties")?;
    let name = match resource.get("Type").and_then(NodeRef::text)? {
        "AWS::Serverless::StateMachine" => "DefinitionUri",
        "AWS::StepFunctions::StateMachine" => "DefinitionS3Location",
        _ => return None,
    };
    properties.get(name).filter(|node| node.is_scalar())
}

/// The location in `{Name: AWS::Include, Parameters: {Location: ...}}`.
#[must_use]
pub fn include_location(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    if !node.is_mapping() || node.len() > 3 || node.get("Name").and_then(NodeRef::text) != Some("AWS::Include") {
        return None;
    }
    node.get("Parameters")?.get("Location").filter(|node| node.is_scalar())
}

/// The path that a location names, seen from the working directory; `None` for addresses in the network.
pub fn relative(tree: &Tree, location: &str) -> Option<PathBuf> {
    if location.is_empty() || location.contains("://") || location.contains("{{") || location.contains('\0') {
        return None;
    }
    let folder = tree.file.path.parent().unwrap_or(Path::new(""));
    Some(lexical(&folder.join(location)))
}

/// A path itself, and the templates in it should it be a directory.
fn candidates(path: &Path) -> Vec<PathBuf> {
    let mut paths = vec![path.to_owned()];
    paths.extend(["template.yaml", "template.yml", "template.json"].iter().map(|name| path.join(name)));
    paths
}

/// The file that a path leads to, if it lies within the root.
fn existing(path: &Path, loader: &Loader<'_>) -> Option<PathBuf> {
    let root = loader.root?;
    let root = loader.fs.canonical(root).unwrap_or_else(|_| lexical(root));
    let found = candidates(path).into_iter().find(|path| loader.fs.is_file(path))?;
    let inside = loader.fs.canonical(&found).is_ok_and(|full| full.starts_with(&root));
    inside.then_some(found)
}

fn read(path: &Path, loader: &Loader<'_>) -> Option<Tree> {
    let text = String::from_utf8(loader.fs.read(path).ok()?).ok()?;
    let file = loader.sources.add(path, text);
    Some(crate::syntax::parse_data(file))
}
