//! What may stand between an API and its clients: a load balancer with its listeners, rules and target groups.
//!
//! Takes the address of one of these and gives the addresses of the clients behind it, by following references the way
//! that a request goes.

use rustc_hash::FxHashSet;

use crate::value::Text;

use super::super::super::read::Context;
use super::super::uses::Uses;

/// How many resources one request is followed through.
const MOST: usize = 256;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Balancer,
    Listener,
    Rule,
    Group,
    Attachment,
    /// Something that runs code.
    Client,
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "AWS::ElasticLoadBalancingV2::LoadBalancer" | "aws_lb" => Kind::Balancer,
        "AWS::ElasticLoadBalancingV2::Listener" | "aws_lb_listener" => Kind::Listener,
        "AWS::ElasticLoadBalancingV2::ListenerRule" | "aws_lb_listener_rule" => Kind::Rule,
        "AWS::ElasticLoadBalancingV2::TargetGroup" | "aws_lb_target_group" => Kind::Group,
        "aws_lb_target_group_attachment" => Kind::Attachment,
        "AWS::ECS::Service"
        | "AWS::EC2::Instance"
        | "AWS::Lambda::Function"
        | "AWS::Serverless::Function"
        | "aws_ecs_service"
        | "aws_instance"
        | "aws_lambda_function" => Kind::Client,
        _ => return None,
    })
}

impl Kind {
    /// Whether a request goes on from this to a resource that it refers to.
    fn refers_on(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Listener | Self::Rule, Self::Group) | (Self::Group | Self::Attachment, Self::Client)
        )
    }

    /// Whether a request goes on from this to a resource that refers to it.
    fn is_used_on(self, by: Self) -> bool {
        matches!(
            (self, by),
            (Self::Balancer, Self::Listener)
                | (Self::Listener, Self::Rule)
                | (Self::Group, Self::Client | Self::Attachment)
        )
    }
}

/// The clients behind a load balancer, listener or target group; none behind anything else.
pub(super) fn clients_behind(context: &Context<'_>, uses: &Uses<'_>, start: &Text) -> Vec<Text> {
    let kind_at = |address: &str| context.find(address).and_then(|resource| kind(&resource.kind));
    let Some(first) = kind_at(start).filter(|kind| *kind != Kind::Client) else { return Vec::new() };
    let mut clients = Vec::new();
    let mut seen: FxHashSet<Text> = FxHashSet::default();
    let mut waiting = vec![(start.clone(), first)];
    while let Some((address, kind)) = waiting.pop() {
        if !seen.insert(address.clone()) || seen.len() > MOST {
            continue;
        }
        if kind == Kind::Client {
            clients.push(address);
            continue;
        }
        let users = uses.users_of(&address).into_iter().filter_map(|user| context.project.resources.get(user));
        let used = users.map(|user| user.address.clone());
        waiting.extend(used.filter_map(|user| {
            let by = kind_at(&user)?;
            kind.is_used_on(by).then_some((user, by))
        }));
        waiting.extend(uses.references_of(&address).into_iter().filter_map(|to| {
            let by = kind_at(&to)?;
            kind.refers_on(by).then_some((to, by))
        }));
    }
    clients.sort_unstable();
    clients
}
