//! From a project to its model: entities first, then the links between them.

use crate::resource::Project;
use crate::value::OriginId;

use super::drafts::Drafts;
use super::entity::Model;
use super::read::Context;
use super::{from_cloudformation, from_terraform, link};

/// The linked model of a project.
///
/// What is only read (`data` blocks) makes no entities: links that lead there lead elsewhere. The cost grows linearly
/// with the project's resources.
#[must_use]
pub fn build(project: &Project) -> Model {
    let context = Context::new(project);
    let mut drafts = Drafts::default();
    let own = project.resources.len().saturating_sub(project.lent);
    for (position, resource) in project.resources.iter().enumerate() {
        let Some(reader) = context.reader(position) else { continue };
        if !resource.managed {
            continue;
        }
        let first = drafts.list.len();
        if reader.is_terraform() {
            from_terraform::lower(&reader, &mut drafts);
        } else {
            from_cloudformation::lower(&reader, &mut drafts);
        }
        if position >= own {
            // What is lent is judged where it belongs.
            drafts.list.iter_mut().skip(first).for_each(|draft| draft.managed = false);
        }
    }
    link::link(&context, &mut drafts);
    let mut model = Model::default();
    for mut draft in drafts.list {
        draft.managed &= draft.resource < own;
        let origin = match draft.get("address") {
            Some(address) => address.origin,
            None => OriginId::NONE,
        };
        model.add(draft.finish(origin));
    }
    model
}
