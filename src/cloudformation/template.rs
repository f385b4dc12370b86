//! What is a template, and where its sections are.

use crate::resource::Problem;
use crate::source::Span;
use crate::syntax::tree::{NodeRef, Tree};

use super::library::{self, Library};
use super::options::Given;
use super::serverless_framework::Framework;

/// The sections of a template as they are written.
#[derive(Clone)]
pub struct Template<'t> {
    pub tree: &'t Tree,
    pub root: NodeRef<'t>,
    /// What holds the sections: the root itself; for a service of the Serverless Framework what `resources` says.
    pub parts: Vec<NodeRef<'t>>,
    pub framework: Option<Framework<'t>>,
    pub transforms: Vec<&'t str>,
    serverless: bool,
}

impl<'t> Template<'t> {
    /// The template in a file; `None` where there is none.
    #[must_use]
    pub fn find(tree: &'t Tree) -> Option<Self> {
        if let Some(root) = tree.documents.iter().map(|id| tree.node(*id)).find(|root| is_template(*root)) {
            let transforms = transforms(root);
            let serverless = is_serverless(root, &transforms);
            return Some(Self { tree, root, parts: vec![root], framework: None, transforms, serverless });
        }
        let framework = Framework::of(tree)?;
        let parts = framework.roots(None, &[]);
        Some(Self {
            tree,
            root: tree.root()?,
            parts,
            framework: Some(framework),
            transforms: Vec::new(),
            serverless: false,
        })
    }

    /// The same with the files that a service of the Serverless Framework takes its resources from.
    #[must_use]
    pub fn complete(mut self, library: &'t Library, given: &[Given]) -> Self {
        if let Some(framework) = &self.framework {
            self.parts = framework.roots(Some(library), given);
        }
        // An include at the top adds sections of its own.
        for key in ["Transform", "Fn::Transform"] {
            let Some(node) = self.root.get(key) else { continue };
            let calls: Vec<NodeRef<'t>> = if node.is_sequence() { node.items().collect() } else { vec![node] };
            for call in calls {
                let location = library::include_location(call).and_then(NodeRef::text);
                let tree = location.and_then(|location| library.find(self.tree, location));
                self.parts.extend(tree.and_then(|tree| tree.root()).filter(|root| root.is_mapping()));
            }
        }
        self
    }

    /// The sections of a name that are mappings; a template has at most one, a service several.
    pub fn sections(&self, name: &str) -> impl Iterator<Item = NodeRef<'t>> {
        self.parts.iter().filter_map(|part| part.get(name)).filter(|node| node.is_mapping())
    }

    /// Whether the serverless transform runs over the template. A template with serverless resources and without the
    /// transform can't be deployed as it is; it is read as if the line were there.
    #[must_use]
    pub fn is_serverless(&self) -> bool {
        self.serverless
    }

    /// Whether macros run over the whole template of which nothing is known: names that are not defined may be theirs.
    #[must_use]
    pub fn has_macros(&self) -> bool {
        // The framework makes roles, functions and buckets of its own.
        self.framework.is_some()
            // Modules of Rain and of the AWS CLI are put in before the template is deployed.
            || self.root.get("Modules").is_some()
            || self.root.get("Rain").is_some()
            || self.tree.file.text().contains("Rain::")
            || self.transforms.iter().any(|name| {
                !name.starts_with("AWS::Serverless") && *name != "AWS::LanguageExtensions" && *name != "AWS::Include"
            })
    }
}

/// The names in the `Transform` section: a string, a list, or `{Name: ..., Parameters: ...}`.
fn transforms(root: NodeRef<'_>) -> Vec<&str> {
    let Some(node) = root.get("Transform") else { return Vec::new() };
    names_of(node)
}

fn names_of(node: NodeRef<'_>) -> Vec<&str> {
    if node.is_sequence() { node.items().filter_map(name_of).collect() } else { name_of(node).into_iter().collect() }
}

fn name_of(node: NodeRef<'_>) -> Option<&str> {
    node.text().or_else(|| node.get("Name").and_then(NodeRef::text))
}

fn is_serverless(root: NodeRef<'_>, transforms: &[&str]) -> bool {
    transforms.iter().any(|name| name.starts_with("AWS::Serverless"))
        || root.get("Resources").into_iter().flat_map(NodeRef::entries).any(|(_, resource)| {
            resource.get("Type").and_then(NodeRef::text).is_some_and(|kind| kind.starts_with("AWS::Serverless::"))
        })
}

/// Whether a document is a template: a mapping with `Resources`, at least one of which has a type with `::` in it (or
/// is made by a loop or an include).
fn is_template(root: NodeRef<'_>) -> bool {
    let Some(resources) = root.get("Resources").filter(|node| node.is_mapping()) else { return false };
    resources.entries().any(|(key, value)| {
        let typed = value.get("Type").and_then(NodeRef::text).is_some_and(|text| text.contains("::"));
        typed || key.text().is_some_and(|text| text.starts_with("Fn::ForEach::") || text == "Fn::Transform")
    })
}

/// Whether a file that holds no readable template may be a broken one: it could not be parsed and speaks of DynamoDB.
#[must_use]
pub fn looks_like_one(tree: &Tree) -> bool {
    tree.is_broken() && (names_types(tree) || tree.file.text().to_ascii_lowercase().contains("dynamodb"))
}

/// Whether a file names types of tables.
fn names_types(tree: &Tree) -> bool {
    let text = tree.file.text();
    ["AWS::DynamoDB", "AWS::DAX", "AWS::Serverless::SimpleTable"].iter().any(|name| text.contains(name))
}

/// Why a file that looks like a template can't be read: it has to be rendered first, or its errors.
#[must_use]
pub fn unread_problems(tree: &Tree) -> Vec<Problem> {
    if let Some((span, language)) = unrendered(tree) {
        let message = format!("this is a template of a template ({language}) and was not read");
        return vec![Problem::note(span, message).with_help("render it first and check the result")];
    }
    let errors = tree.errors.iter();
    if !names_types(tree) {
        // It may be anything else.
        let first = errors.filter(|error| !error.recoverable).take(1);
        let note = |message: &str| format!("this file speaks of DynamoDB and can't be read: {message}");
        let help = "mend it if it is a template, else leave it out with `exclude`";
        return first.map(|error| Problem::note(error.span, note(&error.message)).with_help(help)).collect();
    }
    errors.map(|error| Problem::error(error.span, error.message.clone())).collect()
}

/// Whether a file can't be parsed because another template engine has to go over it first.
#[must_use]
pub fn has_to_be_rendered(tree: &Tree) -> bool {
    unrendered(tree).is_some()
}

/// The marks of template engines that stand near what can't be parsed, and which engine that is likely to be.
fn unrendered(tree: &Tree) -> Option<(Span, &'static str)> {
    tree.errors.iter().filter(|error| !error.recoverable).take(8).find_map(|error| {
        let (start, lines) = lines_around(tree, error.span);
        let (at, length, language) = mark(lines)?;
        let offset = |at: usize| u32::try_from(start + at).unwrap_or(u32::MAX);
        Some((Span::new(tree.file.id, offset(at), offset(at + length)), language))
    })
}

/// The line of a place with the two before and the one after it, and where they begin.
fn lines_around(tree: &Tree, span: Span) -> (usize, &str) {
    let lines = tree.file.lines();
    let line = lines.line_of(span.start);
    let start = lines.line_start(line.saturating_sub(2)).unwrap_or_default() as usize;
    let end = lines.line_start(line + 2).map_or(tree.file.text().len(), |end| end as usize);
    (start, tree.file.text().get(start..end).unwrap_or_default())
}

/// The first mark of a template engine in a text: its offset and length, and the engine.
fn mark(text: &str) -> Option<(usize, usize, &'static str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("{{").map(|at| at + from) {
        let after = text[at + 2..].trim_start_matches('-').trim_start();
        let go = [".", "$", "if ", "range ", "include ", "end ", "end}", "end-"];
        if after.starts_with("cookiecutter.") {
            return Some((at, 2, "cookiecutter"));
        } else if go.iter().any(|word| after.starts_with(word)) {
            return Some((at, 2, "Go template or Helm"));
        } else if !after.starts_with("resolve:") {
            return Some((at, 2, "Jinja or Handlebars"));
        }
        from = at + 2;
    }
    [("{%", "Jinja"), ("<%", "ERB or EJS")]
        .into_iter()
        .find_map(|(mark, language)| Some((text.find(mark)?, mark.len(), language)))
}
