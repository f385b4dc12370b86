//! What the plan's configuration says of references, for values that are not known yet.

use crate::syntax::tree::NodeRef;
use crate::value::Text;

use super::text;

/// How far references are followed through variables and outputs.
const MAX_HOPS: usize = 16;

/// The `configuration` of a plan.
pub(super) struct References<'t> {
    pub(super) root: NodeRef<'t>,
    configuration: Option<NodeRef<'t>>,
}

/// The steps of an address: `module.a["x"].module.b` as `[("a", "[\"x\"]"), ("b", "")]`.
type Modules = Vec<(String, String)>;

impl<'t> References<'t> {
    pub(super) fn new(root: NodeRef<'t>) -> Self {
        Self { root, configuration: root.get("configuration") }
    }

    /// The configuration of the provider that a resource is of, if that is not the default one of the root.
    pub(super) fn provider(&self, address: &str) -> Option<NodeRef<'t>> {
        let key = text(self.configured(address)?, "provider_config_key").filter(|key| *key != "aws")?;
        self.configuration?.get("provider_config")?.get(key)
    }

    /// The resource and attribute that an attribute is set to, where its expression refers to exactly one.
    pub(super) fn resource(&self, address: &str, attribute: &str) -> Option<(Text, Text)> {
        let (modules, _) = split_modules(address);
        self.follow(self.expression(address, attribute)?, modules, 0)
    }

    /// Whether the configuration sets an attribute.
    pub(super) fn is_written(&self, address: &str, attribute: &str) -> bool {
        self.expression(address, attribute).is_some()
    }

    /// What the configuration says of a resource.
    fn configured(&self, address: &str) -> Option<NodeRef<'t>> {
        let (modules, rest) = split_modules(address);
        let module = self.module(&modules)?;
        let name = rest.split('[').next().unwrap_or(rest);
        module.get("resources")?.items().find(|one| text(*one, "address") == Some(name))
    }

    fn expression(&self, address: &str, attribute: &str) -> Option<NodeRef<'t>> {
        let mut expression = self.configured(address)?.get("expressions")?;
        for part in attribute.split('.') {
            expression = match part.parse::<usize>() {
                Ok(index) => expression.items().nth(index)?,
                Err(_) => expression.get(part)?,
            };
        }
        Some(expression)
    }

    fn module(&self, modules: &Modules) -> Option<NodeRef<'t>> {
        let mut module = self.configuration?.get("root_module")?;
        for (name, _) in modules {
            module = module.get("module_calls")?.get(name)?.get("module")?;
        }
        Some(module)
    }

    fn follow(&self, expression: NodeRef<'t>, mut modules: Modules, hops: usize) -> Option<(Text, Text)> {
        if hops > MAX_HOPS {
            return None;
        }
        let references = expression.get("references")?;
        // `a.b.c` is followed by `a.b`, and by nothing else where it stands alone.
        let first = references.items().next()?.text()?;
        if references.items().any(|other| other.text().is_none_or(|other| !first.starts_with(other))) {
            return None;
        }
        let mut parts = first.split('.');
        match parts.next()? {
            "var" => {
                let variable = parts.next()?;
                let (name, _) = modules.pop()?;
                let call = self.module(&modules)?.get("module_calls")?.get(&name)?;
                self.follow(call.get("expressions")?.get(variable)?, modules, hops + 1)
            }
            "module" => {
                let call = parts.next()?;
                let output = parts.next()?;
                let (name, index) = match call.find('[') {
                    Some(at) => (&call[..at], &call[at..]),
                    None => (call, ""),
                };
                modules.push((name.to_owned(), index.to_owned()));
                let expression = self.module(&modules)?.get("outputs")?.get(output)?.get("expression")?;
                self.follow(expression, modules, hops + 1)
            }
            "local" | "each" | "count" | "path" | "terraform" | "self" => None,
            _ => {
                let (address, attribute) = split_attribute(first)?;
                let prefix =
                    modules.iter().fold(String::new(), |prefix, (name, index)| prefix + "module." + name + index + ".");
                Some((format!("{prefix}{address}").into(), attribute.into()))
            }
        }
    }
}

/// The Region of a provider's configuration, where it is a constant or a variable of the root module.
pub(super) fn region_of<'t>(root: NodeRef<'t>, provider: NodeRef<'t>) -> Option<NodeRef<'t>> {
    let region = provider.get("expressions")?.get("region")?;
    if let Some(constant) = region.get("constant_value") {
        return Some(constant);
    }
    if provider.get("module_address").is_some() {
        return None;
    }
    let mut references = region.get("references")?.items();
    let name = references.next()?.text()?.strip_prefix("var.")?;
    // One variable and nothing else; a template around it is not told.
    if references.next().is_some() || name.contains('.') {
        return None;
    }
    let value = root.get("variables")?.get(name)?.get("value")?;
    value.text().is_some_and(is_region).then_some(value)
}

/// Whether a text has the form of a Region's name, so that it is not a part of one.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    parts.clone().count() >= 3
        && parts.next_back().is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
        && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The address of a resource in a reference, and what follows it.
fn split_attribute(reference: &str) -> Option<(&str, &str)> {
    let labels = if reference.starts_with("data.") { 3 } else { 2 };
    let mut dots = 0;
    let mut quoted = false;
    for (at, char) in reference.char_indices() {
        match char {
            '"' => quoted = !quoted,
            '.' if !quoted => {
                dots += 1;
                if dots == labels {
                    return Some((&reference[..at], &reference[at + 1..]));
                }
            }
            _ => {}
        }
    }
    None
}

/// The modules of an address and what follows them.
fn split_modules(address: &str) -> (Modules, &str) {
    let mut modules = Vec::new();
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let mut quoted = false;
        let mut end = after.len();
        for (at, char) in after.char_indices() {
            match char {
                '"' => quoted = !quoted,
                '.' if !quoted => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let step = &after[..end];
        let (name, index) = match step.find('[') {
            Some(at) => (&step[..at], &step[at..]),
            None => (step, ""),
        };
        modules.push((name.to_owned(), index.to_owned()));
        rest = after.get(end + 1..).unwrap_or_default();
    }
    (modules, rest)
}
