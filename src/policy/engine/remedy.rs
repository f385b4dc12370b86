//! A page's fix for one case in which the policy fails: its expressions evaluated, nothing looked up in the source.

use std::borrow::Cow;

use crate::policy::evaluate::{Condition, Scene, What};
use crate::policy::expression::{Node, Program};
use crate::policy::page::{self, Page};
use crate::value::{Number, OriginId, Value};

/// What has to change, by fields of the model.
#[derive(Clone, Debug)]
pub struct Remedy {
    pub safe: bool,
    pub title: Option<String>,
    /// Fields of the subject with the value that each gets.
    pub set: Vec<(Cow<'static, str>, Value)>,
    /// Lists with their new items.
    pub insert: Vec<(Cow<'static, str>, Value)>,
    /// Values that go; the flag tells a field from what is picked out of fields.
    pub remove: Vec<(Value, bool)>,
    /// Values whose whole items or blocks go.
    pub remove_items: Vec<Value>,
    pub replace: Vec<Replaced>,
    /// Values with what stands beside them afterwards.
    pub beside: Vec<(Value, Value)>,
    /// Resources with the attributes that are written there, for CloudFormation and for Terraform.
    pub write: Vec<Written>,
    pub create: Vec<Created>,
    /// A value is worked out from the case, so that it may be wrong in other cases.
    pub computed: bool,
    /// Policies whose findings may come instead.
    pub leads_to: Vec<Cow<'static, str>>,
}

/// Another text where a value is written.
#[derive(Clone, Debug)]
pub struct Replaced {
    pub value: Value,
    pub text: Option<Cow<'static, str>>,
    pub by: Value,
}

/// Attributes of a resource, by the names of each language.
#[derive(Clone, Debug)]
pub struct Written {
    pub resource: Value,
    pub cloudformation: Vec<(Cow<'static, str>, Value)>,
    pub terraform: Vec<(Cow<'static, str>, Value)>,
}

/// A new resource.
#[derive(Clone, Debug)]
pub struct Created {
    pub kind: Cow<'static, str>,
    pub set: Vec<(Cow<'static, str>, Value)>,
}

/// The first fix of the page that holds in the scene's case; none where something in it can't be told.
pub(super) fn remedy(scene: &Scene<'_>, page: &Page) -> Option<Remedy> {
    for fix in page.fixes.iter() {
        let holds = match &fix.when {
            None => true,
            Some(when) => match scene.evaluate(when).ok()?.as_truth() {
                Condition::Known(truth) => truth,
                Condition::Unknown(..) | Condition::Need(_) | Condition::Error(_) => return None,
            },
        };
        if holds {
            return of_fix(scene, fix);
        }
    }
    None
}

fn of_fix(scene: &Scene<'_>, fix: &page::Fix) -> Option<Remedy> {
    let value = |program: &Program| value(scene, program);
    let assigned = |list: &[page::Assignment]| {
        list.iter().map(|(path, program)| Some((path.clone(), value(program)?))).collect::<Option<Vec<_>>>()
    };
    let title = match &fix.title {
        Some(title) => Some(scene.render(title).ok()?),
        None => None,
    };
    let written = fix.set.iter().chain(fix.insert.iter()).map(|(_, program)| program);
    Some(Remedy {
        safe: fix.safe,
        computed: written.chain(fix.replace.iter().map(|one| &one.by)).any(is_computed),
        leads_to: fix.leads_to.to_vec(),
        title,
        set: assigned(&fix.set)?,
        insert: assigned(&fix.insert)?,
        remove: fix
            .remove
            .iter()
            .map(|program| Some((value(program)?, is_field(program))))
            .collect::<Option<Vec<_>>>()?,
        remove_items: fix.remove_items.iter().map(value).collect::<Option<Vec<_>>>()?,
        replace: fix
            .replace
            .iter()
            .map(|one| Some(Replaced { value: value(&one.value)?, text: one.text.clone(), by: value(&one.by)? }))
            .collect::<Option<Vec<_>>>()?,
        beside: fix
            .beside
            .iter()
            .map(|one| Some((value(&one.value)?, value(&one.item)?)))
            .collect::<Option<Vec<_>>>()?,
        write: fix
            .write
            .iter()
            .map(|one| {
                Some(Written {
                    resource: value(&one.resource)?,
                    cloudformation: assigned(&one.cloudformation)?,
                    terraform: assigned(&one.terraform)?,
                })
            })
            .collect::<Option<Vec<_>>>()?,
        create: fix
            .create
            .iter()
            .map(|one| Some(Created { kind: one.kind.clone(), set: assigned(&one.set)? }))
            .collect::<Option<Vec<_>>>()?,
    })
}

/// Whether an expression reads something; options are the same in all cases.
fn is_computed(program: &Program) -> bool {
    program.nodes.iter().any(|node| matches!(node, Node::Subject | Node::Project | Node::Let(_)))
}

/// Whether an expression is a field and nothing else.
fn is_field(program: &Program) -> bool {
    program.nodes.iter().all(|node| matches!(node, Node::Subject | Node::Field { .. }))
}

fn value(scene: &Scene<'_>, program: &Program) -> Option<Value> {
    match scene.evaluate(program).ok()?.what {
        What::Value(value) => Some(scene.assignment.apply(&value)),
        What::Double(number) if number.is_finite() => Some(Value::number(Number::from_f64(number), OriginId::NONE)),
        _ => None,
    }
}
