//! Whether end users of a web identity provider may assume a role.

use crate::value::{Data, EntityId, Symbol, Value, text};

use super::super::super::derive::{both, each, either, spread};
use super::super::super::drafts::Drafts;
use super::super::super::read::Context;

/// The providers whose users are people, by the beginnings of their names.
const PROVIDERS: [&str; 5] =
    ["cognito-identity", "accounts.google.com", "graph.facebook.com", "www.amazon.com", "appleid.apple.com"];

pub(super) fn link(context: &Context<'_>, drafts: &mut Drafts, role: EntityId) {
    let Some(draft) = drafts.get_mut(role) else { return };
    let trust = draft.value("trust");
    let (statements, rest) = spread(&trust);
    let mut found = Value::fact(false, trust.origin);
    for statement in &statements {
        let allows = each(statement, &mut |statement| {
            Value::fact(statement.get("effect").and_then(Value::as_str) != Some("Deny"), statement.origin)
        });
        let list = |name: &str| {
            each(statement, &mut |statement| {
                statement.get(name).cloned().unwrap_or_else(|| Value::absent(statement.origin))
            })
        };
        // The federation of SAML is another call.
        let (actions, open) = spread(&list("actions"));
        let only_saml = open.is_none()
            && !actions.is_empty()
            && actions.iter().all(|action| {
                action.as_str().is_some_and(|action| matches!(action, "sts:AssumeRoleWithSAML" | "sts:TagSession"))
            });
        if only_saml {
            continue;
        }
        let (principals, more) = spread(&list("principals"));
        for principal in &principals {
            let people = each(principal, &mut |principal| match (
                principal.get("type").and_then(Value::as_str),
                principal.get("id"),
            ) {
                (Some("Federated"), Some(id)) => each(id, &mut |id| of_people(context, id)),
                _ => Value::fact(false, principal.origin),
            });
            found = either(&found, &both(&allows, &people));
        }
        if let Some(more) = more {
            found = either(&found, &Value::new(Data::Unknown(more), trust.origin));
        }
    }
    if let Some(rest) = rest {
        found = either(&found, &Value::new(Data::Unknown(rest), trust.origin));
    }
    draft.set("end_users", found);
}

fn of_people(context: &Context<'_>, provider: &Value) -> Value {
    let by_name = |name: &str| {
        let name = name.rsplit_once("oidc-provider/").map_or(name, |(_, name)| name);
        let name = name.trim_start_matches("https://");
        PROVIDERS.iter().any(|known| name.starts_with(known))
    };
    match &provider.data {
        Data::String(name) => Value::fact(by_name(name), provider.origin),
        Data::Parts(_) => {
            let end = text::known_suffix(provider);
            let pieces = text::known_pieces(provider);
            if pieces.iter().any(|piece| piece.contains(":saml-provider/")) {
                return Value::fact(false, provider.origin);
            }
            match end.rsplit_once("oidc-provider/") {
                Some((_, name)) if !name.is_empty() => Value::fact(by_name(name), provider.origin),
                _ => Value::unknown("the identity provider is not known", provider.origin),
            }
        }
        Data::Unknown(unknown) => {
            let Some(Symbol::Resource { address, .. }) = &unknown.symbol else { return provider.clone() };
            let Some(reader) = context.reader_at(address) else { return provider.clone() };
            let url = match reader.kind() {
                "AWS::IAM::OIDCProvider" => reader.raw("Url"),
                kind if kind.ends_with("aws_iam_openid_connect_provider") => reader.raw("url"),
                kind if kind.to_ascii_lowercase().contains("saml") => return Value::fact(false, provider.origin),
                _ => return provider.clone(),
            };
            each(&url, &mut |url| match url.as_str() {
                Some(url) => Value::fact(by_name(url), provider.origin),
                None if by_name(text::known_prefix(url)) => Value::fact(true, provider.origin),
                // Issuers of clusters are filled in when they are made.
                None => Value::unknown("the identity provider is not known", provider.origin),
            })
        }
        _ => Value::fact(false, provider.origin),
    }
}
