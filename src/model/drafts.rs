//! All entities of a project while the model is built, and the resources that only set something of an entity.

use crate::source::Span;
use crate::value::{Data, EntityId, Text, Value};

use super::derive::each;
use super::draft::Draft;

#[derive(Debug, Default)]
pub(super) struct Drafts {
    pub list: Vec<Draft>,
    pub satellites: Vec<Satellite>,
    pub policies: Vec<Policy>,
    pub attachments: Vec<Attachment>,
    pub selectors: Vec<EventSelector>,
}

/// What a trail or event data store logs of data events.
#[derive(Clone, Debug)]
pub(super) struct EventSelector {
    /// Whether it is for tables; their streams are read under the same type.
    pub of_tables: Value,
    /// Whether it is for streams alone.
    pub of_streams: Value,
    /// The ARNs that it is limited to: all conditions have to hold.
    pub arns: Vec<ArnCondition>,
    /// Whether the names of events that it takes leave the reading of streams in.
    pub reads_streams: Value,
    pub exists: Value,
}

/// A condition on the ARNs of events: one of the patterns fits, or with `negative` none does.
#[derive(Clone, Debug)]
pub(super) struct ArnCondition {
    pub operator: Operator,
    pub negative: bool,
    /// A list of texts.
    pub patterns: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equals,
    Begins,
    Ends,
}

/// An identity policy as it is written, before its statements are taken apart.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    /// Index into the project's resources.
    pub resource: usize,
    /// The policy's own name within its resource, where the resource may hold several.
    pub part: Option<Text>,
    pub document: Value,
    /// The SAM policy template that it comes from.
    pub template: Option<Text>,
    /// A managed policy: attached by reference to its resource.
    pub managed: bool,
    pub name: Value,
    pub header: Span,
    pub exists: Value,
}

/// A policy together with one whom it applies to.
#[derive(Clone, Debug)]
pub(super) struct Attachment {
    pub policy: AttachedPolicy,
    pub holder: HolderKind,
    /// A reference to the holder, or a list of such.
    pub holders: Value,
    pub exists: Value,
    pub boundary: bool,
    /// Index into the project's resources.
    pub resource: usize,
}

#[derive(Clone, Debug)]
pub(super) enum AttachedPolicy {
    /// Index into [`Drafts::policies`].
    Own(usize),
    /// A reference by ARN, or a list of such.
    ByArn(Value),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum HolderKind {
    Role,
    User,
    Group,
}

/// A resource that is no entity of its own: it sets something of one that it refers to.
#[derive(Clone, Debug)]
pub(super) struct Satellite {
    pub kind: SatelliteKind,
    /// Index into the project's resources.
    pub resource: usize,
    /// The reference to the entity.
    pub of: Value,
    pub exists: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SatelliteKind {
    Insights,
    Tag,
    ScheduledAction,
    EndpointPolicy,
    EndpointRouteTable,
    EndpointSubnet,
    EndpointSecurityGroup,
    /// A separate ingress rule of a security group.
    Ingress,
    Route,
    RouteTableAssociation,
    KeyAlias,
    KeyPolicy,
    BackupSelection,
}

impl Drafts {
    pub fn add(&mut self, draft: Draft) -> EntityId {
        let id = EntityId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(draft);
        id
    }

    pub fn get(&self, id: EntityId) -> Option<&Draft> {
        self.list.get(id.0 as usize)
    }

    pub fn get_mut(&mut self, id: EntityId) -> Option<&mut Draft> {
        self.list.get_mut(id.0 as usize)
    }

    /// Adds a link from one entity to another to a list field, in the cases in which the other is there.
    pub fn link(&mut self, from: EntityId, path: &str, to: EntityId, exists: &Value) {
        if let Some(draft) = self.get_mut(from) {
            draft.push_if(path, exists, &Value::entity(to, exists.origin));
        }
    }
}

/// A link that is there in the cases in which its end is.
pub(super) fn link(to: EntityId, exists: &Value) -> Value {
    each(exists, &mut |exists| match exists.data {
        Data::Bool(true) => Value::entity(to, exists.origin),
        Data::Bool(false) => Value::absent(exists.origin),
        _ => exists.clone(),
    })
}
