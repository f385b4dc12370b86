//! APIs that are written part by part: methods or routes with their integrations, stages, domains and mappings.

use rustc_hash::FxHashMap;

use crate::value::{Data, EntityId, Text, Value, text};

use super::super::super::derive::{both, each, or_else, spread, texts};
use super::super::super::drafts::Drafts;
use super::super::super::read::{Reader, convert};
use super::super::super::schema::{Default, Subject, Type};
use super::super::ids_of;
use super::super::targets::{address_of, symbols};
use super::{ByApi, Found, Leads, Method, Scene, definition, stage, there};

pub(super) fn gather(scene: &Scene<'_, '_>, drafts: &Drafts, found: &mut ByApi) {
    for id in ids_of(drafts, Subject::Api) {
        let Some(draft) = drafts.get(id) else { continue };
        if let (Some(reader), Some(found)) = (scene.context.reader(draft.resource), found.get_mut(&id)) {
            whole(scene, &reader, found);
        }
    }
    let integrations = Integrations::read(scene);
    let mut domains: Vec<(Text, Value, Value)> = Vec::new();
    let mut mappings: Vec<(EntityId, Value)> = Vec::new();
    for (position, resource) in scene.context.project.resources.iter().enumerate().filter(|(_, one)| one.managed) {
        let Some(reader) = scene.context.reader(position) else { continue };
        let of = |name: &str| scene.api(&reader.raw(name));
        match resource.kind.as_str() {
            "AWS::ApiGateway::Method" => {
                let leads = scene.leads(&reader.raw("Integration.Uri"));
                add(found, of("RestApiId"), rest_method(scene, &reader, leads));
            }
            "aws_api_gateway_method" => {
                let leads = integrations.of_method(&reader);
                add(found, of("rest_api_id"), rest_method(scene, &reader, leads));
            }
            "AWS::ApiGatewayV2::Route" => {
                add(found, of("ApiId"), route(&reader, integrations.of_route(scene, &reader.raw("Target"))));
            }
            "aws_apigatewayv2_route" => {
                add(found, of("api_id"), route(&reader, integrations.of_route(scene, &reader.raw("target"))));
            }
            "AWS::ApiGateway::Stage" => rest_stage(found, of("RestApiId"), &reader, "StageName", "TracingEnabled"),
            "AWS::ApiGateway::Deployment" if !reader.raw("StageName").is_unset() => {
                rest_stage(found, of("RestApiId"), &reader, "StageName", "StageDescription.TracingEnabled");
            }
            "aws_api_gateway_stage" => {
                rest_stage(found, of("rest_api_id"), &reader, "stage_name", "xray_tracing_enabled");
            }
            "aws_api_gateway_deployment" if !reader.raw("stage_name").is_unset() => {
                rest_stage(found, of("rest_api_id"), &reader, "stage_name", "");
            }
            "AWS::ApiGatewayV2::Stage" => addressed(found, of("ApiId"), &resource.address),
            "aws_apigatewayv2_stage" => addressed(found, of("api_id"), &resource.address),
            "AWS::ApiGateway::DomainName" | "aws_api_gateway_domain_name" => {
                let (name, policy) = if reader.is_terraform() {
                    ("domain_name", "security_policy")
                } else {
                    ("DomainName", "SecurityPolicy")
                };
                let policy = there(&resource.exists, &reader.raw(policy));
                domains.push((resource.address.clone(), reader.raw(name), policy));
            }
            "AWS::ApiGatewayV2::DomainName" | "aws_apigatewayv2_domain_name" => {
                let (name, policy) = if reader.is_terraform() {
                    ("domain_name", "domain_name_configuration.security_policy")
                } else {
                    ("DomainName", "DomainNameConfigurations.SecurityPolicy")
                };
                let policy = there(&resource.exists, &reader.raw(policy));
                domains.push((resource.address.clone(), reader.raw(name), policy));
            }
            "AWS::ApiGateway::BasePathMapping" => {
                mappings.extend(of("RestApiId").map(|api| (api, reader.raw("DomainName"))));
            }
            "AWS::ApiGatewayV2::ApiMapping" => mappings.extend(of("ApiId").map(|api| (api, reader.raw("DomainName")))),
            "aws_api_gateway_base_path_mapping" | "aws_apigatewayv2_api_mapping" => {
                mappings.extend(of("api_id").map(|api| (api, reader.raw("domain_name"))));
            }
            _ => {}
        }
    }
    for (api, domain) in mappings {
        let address = address_of(scene.context, &domain);
        let name = symbols(&domain);
        let mapped = domains
            .iter()
            .find(|(own, written, _)| address.as_ref() == Some(own) || name.is_some() && symbols(written) == name);
        if let (Some((address, name, policy)), Some(found)) = (mapped, found.get_mut(&api)) {
            domain_of(found, address.clone(), name, policy.clone());
        }
    }
}

/// A custom domain with its policy, where one is written.
pub(super) fn domain_of(found: &mut Found, address: Text, name: &Value, policy: Value) {
    found.addresses.push(address);
    found.domains.extend(name.as_str().filter(|name| name.contains('.')).map(Text::from));
    if !policy.is_unset() {
        found.security_policies.push(policy);
    }
}

fn add(found: &mut ByApi, api: Option<EntityId>, method: Method) {
    if let Some(found) = api.and_then(|api| found.get_mut(&api)) {
        found.methods.push(method);
    }
}

fn addressed(found: &mut ByApi, api: Option<EntityId>, address: &Text) {
    if let Some(found) = api.and_then(|api| found.get_mut(&api)) {
        found.addresses.push(address.clone());
    }
}

fn rest_stage(found: &mut ByApi, api: Option<EntityId>, reader: &Reader<'_>, name: &str, tracing: &str) {
    let Some(found) = api.and_then(|api| found.get_mut(&api)) else { return };
    let resource = reader.resource;
    found.addresses.push(resource.address.clone());
    let tracing = if tracing.is_empty() {
        Value::fact(false, reader.header_origin(resource.header))
    } else {
        reader.find(&resource.attributes, resource.header, tracing, &Type::Bool, Some(Default::Bool(false)))
    };
    found.stages.push(stage(reader.raw(name), tracing, &resource.exists));
}

/// What an API resource itself says.
fn whole(scene: &Scene<'_, '_>, reader: &Reader<'_>, found: &mut Found) {
    let exists = &reader.resource.exists;
    let is_private = |types: &Value| {
        let (types, rest) = spread(&texts(types));
        let none = Value::fact(false, reader.header_origin(reader.resource.header));
        let found = types.iter().fold(none, |found, one| {
            let private = each(one, &mut |one| match &one.data {
                Data::Unknown(_) | Data::Parts(_) => one.clone(),
                _ => Value::fact(one.as_str() == Some("PRIVATE"), one.origin),
            });
            super::either(&found, &private)
        });
        match rest {
            Some(rest) => super::either(&found, &Value::new(Data::Unknown(rest), found.origin)),
            None => found,
        }
    };
    match reader.kind() {
        "AWS::ApiGateway::RestApi" => {
            definition::read(scene, reader, &reader.raw("Body"), exists, found);
            found.private = Some(is_private(&reader.raw("EndpointConfiguration.Types")));
            elsewhere(reader, "BodyS3Location", found);
        }
        "aws_api_gateway_rest_api" => {
            definition::read(scene, reader, &reader.raw("body"), exists, found);
            found.private = Some(is_private(&reader.raw("endpoint_configuration.types")));
        }
        "AWS::ApiGatewayV2::Api" | "aws_apigatewayv2_api" => {
            let (body, target, key) =
                if reader.is_terraform() { ("body", "target", "route_key") } else { ("Body", "Target", "RouteKey") };
            definition::read(scene, reader, &reader.raw(body), exists, found);
            elsewhere(reader, "BodyS3Location", found);
            let target = reader.raw(target);
            if !target.is_unset() {
                // The short form makes one route, which is open to everybody.
                let here = reader.header_origin(reader.resource.header);
                let default = Value::string("$default", here);
                found.methods.push(Method {
                    verb: or_else(&reader.raw(key), &default),
                    path: or_else(&reader.raw(key), &default),
                    authorization: Value::string("NONE", here),
                    validated: Value::fact(false, here),
                    exists: exists.clone(),
                    leads: scene.leads(&target),
                });
            }
        }
        _ => {}
    }
}

/// A definition that is kept elsewhere may hold any method.
pub(super) fn elsewhere(reader: &Reader<'_>, attribute: &str, found: &mut Found) {
    let written = reader.raw(attribute);
    if !written.is_unset() {
        found.open.get_or_insert_with(|| Value::unknown("the definition of the API is kept elsewhere", written.origin));
    }
}

fn rest_method(scene: &Scene<'_, '_>, reader: &Reader<'_>, leads: Leads) -> Method {
    let (method, authorization, validator, resource) = if reader.is_terraform() {
        ("http_method", "authorization", "request_validator_id", "resource_id")
    } else {
        ("HttpMethod", "AuthorizationType", "RequestValidatorId", "ResourceId")
    };
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    let authorization = reader.find(attributes, header, authorization, &Type::String, Some(Default::String("NONE")));
    Method {
        verb: reader.raw(method),
        path: path(scene, &reader.raw(resource), reader),
        authorization,
        validated: set(&reader.raw(validator)),
        exists: reader.resource.exists.clone(),
        leads,
    }
}

/// Whether something is written; what may be nothing is not known.
pub(super) fn set(value: &Value) -> Value {
    each(value, &mut |value| match &value.data {
        // What AWS fills in is there.
        Data::Unknown(unknown) if unknown.symbol.is_none() => value.clone(),
        _ => Value::fact(!value.is_unset() && value.as_str() != Some(""), value.origin),
    })
}

/// How many parts a path may have.
const MAX_PARTS: usize = 32;

/// The path of a REST resource from the root, as far as its parts are known.
fn path(scene: &Scene<'_, '_>, resource: &Value, method: &Reader<'_>) -> Value {
    let here = method.header_origin(method.resource.header);
    let mut parts: Vec<String> = Vec::new();
    let mut at = address_of(scene.context, resource);
    while let Some(reader) = at.as_ref().and_then(|address| scene.context.reader_at(address)) {
        let (part, parent) = match reader.kind() {
            "AWS::ApiGateway::Resource" => ("PathPart", "ParentId"),
            "aws_api_gateway_resource" => ("path_part", "parent_id"),
            _ => break,
        };
        match reader.raw(part).as_str() {
            Some(part) => parts.push(part.to_owned()),
            None => parts.push("...".to_owned()),
        }
        if parts.len() > MAX_PARTS {
            break;
        }
        at = address_of(scene.context, &reader.raw(parent));
    }
    parts.reverse();
    Value::string(format!("/{}", parts.join("/")), here)
}

fn route(reader: &Reader<'_>, leads: Leads) -> Method {
    let (key, authorization) =
        if reader.is_terraform() { ("route_key", "authorization_type") } else { ("RouteKey", "AuthorizationType") };
    let (attributes, header) = (&reader.resource.attributes, reader.resource.header);
    let key = reader.raw(key);
    let part = |first: bool| {
        each(&key, &mut |key| match key.as_str() {
            Some(text) => {
                let (method, path) = text.split_once(' ').unwrap_or((text, text));
                Value::string(if first { method } else { path }, key.origin)
            }
            None => key.clone(),
        })
    };
    Method {
        verb: part(true),
        path: part(false),
        authorization: reader.find(attributes, header, authorization, &Type::String, Some(Default::String("NONE"))),
        validated: Value::fact(false, reader.header_origin(header)),
        exists: reader.resource.exists.clone(),
        leads,
    }
}

/// Integrations that are resources of their own.
#[derive(Default)]
struct Integrations {
    /// Of HTTP APIs, by address: where they lead.
    routes: FxHashMap<Text, (Value, Value)>,
    /// Of Terraform's REST methods, by the method's address.
    by_method: FxHashMap<Text, Vec<(Value, Value)>>,
    /// And by the resource's id and the method's name, where the method is not referred to.
    by_name: FxHashMap<(String, String), Vec<(Value, Value)>>,
    leads: Vec<Leads>,
}

impl Integrations {
    fn read(scene: &Scene<'_, '_>) -> Self {
        let mut integrations = Self::default();
        for (position, resource) in scene.context.project.resources.iter().enumerate() {
            let (uri, rest) = match resource.kind.as_str() {
                "AWS::ApiGatewayV2::Integration" => ("IntegrationUri", false),
                "aws_apigatewayv2_integration" => ("integration_uri", false),
                "aws_api_gateway_integration" => ("uri", true),
                _ => continue,
            };
            let Some(reader) = scene.context.reader(position) else { continue };
            let number =
                Value::integer(i64::try_from(integrations.leads.len()).unwrap_or(i64::MAX), resource.exists.origin);
            integrations.leads.push(scene.leads(&reader.raw(uri)));
            let entry = (number, resource.exists.clone());
            if !rest {
                integrations.routes.insert(resource.address.clone(), entry);
                continue;
            }
            let method = reader.raw("http_method");
            let by_reference = address_of(scene.context, &method)
                .filter(|address| scene.context.find(address).is_some_and(|at| at.kind == "aws_api_gateway_method"));
            if let Some(address) = by_reference {
                integrations.by_method.entry(address).or_default().push(entry);
            } else if let (Some(of), Some(name)) = (symbols(&reader.raw("resource_id")), method.as_str()) {
                integrations.by_name.entry((of, name.to_owned())).or_default().push(entry);
            }
        }
        integrations
    }

    fn taken(&self, entries: &[(Value, Value)], none: &Value) -> Leads {
        let mut leads = Leads { functions: Vec::new(), direct: Value::fact(false, none.origin) };
        for (number, exists) in entries {
            let Some(one) = number.as_i64().and_then(|at| self.leads.get(usize::try_from(at).ok()?)) else { continue };
            leads.direct = super::either(&leads.direct, &both(exists, &one.direct));
            leads.functions.extend(one.functions.iter().map(|(address, on)| (address.clone(), both(exists, on))));
        }
        leads
    }

    fn of_method(&self, method: &Reader<'_>) -> Leads {
        let name = method.raw("http_method");
        let mut entries = self.by_method.get(&method.resource.address).cloned().unwrap_or_default();
        if let (Some(of), Some(text)) = (symbols(&method.raw("resource_id")), name.as_str()) {
            entries.extend(self.by_name.get(&(of, text.to_owned())).cloned().unwrap_or_default());
        }
        self.taken(&entries, &name)
    }

    /// `integrations/ID`.
    fn of_route(&self, scene: &Scene<'_, '_>, target: &Value) -> Leads {
        let mut entries = Vec::new();
        let mut cases = vec![target];
        while let Some(case) = cases.pop() {
            if let Data::Choice(choice) = &case.data {
                cases.extend(&choice.cases);
                continue;
            }
            let parts = text::parts(case).unwrap_or_default();
            let inside = parts.iter().filter_map(|part| match part {
                crate::value::Part::Open(unknown, _) => match &unknown.symbol {
                    Some(crate::value::Symbol::Resource { address, .. }) => Some(address.clone()),
                    _ => None,
                },
                crate::value::Part::Known(..) => None,
            });
            for address in inside.chain(address_of(scene.context, case)) {
                if let Some(entry) = self.routes.get(&address) {
                    entries.push(entry.clone());
                }
            }
        }
        self.taken(&entries, target)
    }
}

/// The switch of a stage in SAM.
pub(super) fn switch(value: &Value) -> Value {
    convert(value, &Type::Bool)
}
