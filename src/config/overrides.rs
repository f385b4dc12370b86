//! Settings for some paths, and the short names of two options that most teams set.

use super::keys::OVERRIDE;
use super::node::{Data, Node};
use super::read::Reader;
use super::settings::{OptionValue, Override, PolicyOption, PolicySettings};
use crate::policy::Profile;
use crate::source::Span;

/// What `key-class` may ask for, from the least.
pub(super) const KEY_CLASSES: &[&str] = &["aws-owned", "aws-managed", "customer-managed"];

impl Reader<'_> {
    /// The entries of `overrides`; one that names no paths holds nowhere.
    pub(super) fn overrides(&mut self, node: &Node) -> Vec<Override> {
        let mut found = Vec::new();
        for node in self.list(node, "`overrides`") {
            let mut one = Override {
                span: node.span,
                paths: Vec::new(),
                profile: None,
                policies: Vec::new(),
                select: Vec::new(),
                ignore: Vec::new(),
            };
            let profiles: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
            let mut named = false;
            for (key, _, value) in self.known(node, "an override", OVERRIDE) {
                match key {
                    "paths" => {
                        named = true;
                        one.paths = self.texts(value, "`paths`");
                        for (glob, span) in &one.paths {
                            self.check_glob(glob, *span);
                        }
                    }
                    "profile" => {
                        let profile = self.one_of(value, "`profile`", &profiles, Profile::from_name);
                        one.profile = profile.map(|profile| (profile, value.span));
                    }
                    "policies" => {
                        for (name, span, settings) in self.mapping(value, "`policies`").unwrap_or_default() {
                            let settings = self.policy(name, *span, settings);
                            one.policies.push(settings);
                        }
                    }
                    "select" => one.select = self.texts(value, "`select`"),
                    _ => one.ignore = self.texts(value, "`ignore`"),
                }
            }
            if !named {
                let help = "say where it holds: `paths: [\"sandbox/**\"]`".to_owned();
                self.wrong(node.span, "the override names no paths", Some(help));
            }
            found.push(one);
        }
        found
    }

    /// `required-tags`: the tags that [`required-tag-missing`] asks for.
    pub(super) fn required_tags(&mut self, key: Span, node: &Node) -> Option<PolicySettings> {
        if let Data::String(tag) = &node.data {
            let value = OptionValue::List(vec![OptionValue::String(tag.clone())]);
            return Some(short("required-tag-missing", "required", key, value, node.span));
        }
        self.list(node, "`required-tags`");
        let value = OptionValue::from_node(&node.data).filter(|value| matches!(value, OptionValue::List(_)))?;
        Some(short("required-tag-missing", "required", key, value, node.span))
    }

    /// `key-class`: the least class of encryption keys.
    pub(super) fn key_class(&mut self, key: Span, node: &Node) -> Option<PolicySettings> {
        let class = self.one_of(node, "`key-class`", KEY_CLASSES, |name| {
            KEY_CLASSES.iter().find(|known| **known == name).map(|known| (*known).to_owned())
        })?;
        Some(short("key-class-below-requirement", "key_class", key, OptionValue::String(class), node.span))
    }
}

/// A setting of one option of a policy.
fn short(policy: &str, option: &str, key: Span, value: OptionValue, span: Span) -> PolicySettings {
    let option = PolicyOption { name: option.to_owned(), name_span: key, value, span };
    PolicySettings { name: policy.to_owned(), span: key, enabled: None, severity: None, options: vec![option] }
}
