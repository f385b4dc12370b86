//! Which variables of a root module stay open, and what their cases are.
//!
//! A variable without a value is open where something compares it with constants, where it is a bool, or where its
//! validation lists what it may be; its cases are those, and one for all else. This is decided before anything is
//! evaluated. Comparisons in called modules count, where the root's variable is handed on to them.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::resource::Problem;
use crate::source::Span;
use crate::syntax::hcl::{Block, ExprKind};
use crate::value::{Assignment, Case, Choice, Data, Input, InputKind, OriginId, Shape, Step, Symbol, Text, Value};

use super::configuration::Configuration;
use super::scope::{Evaluator, Instance, Scope};
use super::uses::{self, Constant, Target, Uses};

/// How many variables that are null by default stay open. Modules that hand a context of many optional values through
/// compare each of them with null, and their names and tags depend on all of them together; there the defaults hold.
const MAX_OPTIONAL: usize = 6;

/// Settles the values of the root's variables: what is given, and what stays open.
pub(super) fn open(evaluator: &mut Evaluator<'_>, root: &Rc<Instance>, given: FxHashMap<Text, Value>) {
    let uses = uses_of_root(evaluator.config, &given);
    let module = &evaluator.node(root).module;
    let mut values = given;
    let mut inputs = Vec::new();
    for block in module.variables.iter() {
        let name = Text::new(block.label(0).unwrap_or_default());
        if values.contains_key(&name) {
            continue;
        }
        let found = uses.get(&Target::Variable(name.clone())).cloned().unwrap_or_default();
        if let Some(cases) = cases_of(evaluator, block, &name, &found) {
            inputs.push((name, block.header, cases));
        }
    }
    // Null by default, and nothing compares the variable with a text of its own.
    let is_optional = |(_, _, (cases, default)): &(Text, Span, (Vec<Case>, Option<usize>))| {
        default.and_then(|default| cases.get(default)).is_some_and(|default| default.value.is_unset())
            && (cases.len() == 2 || !cases.iter().any(|case| case.is_rest))
    };
    if inputs.iter().filter(|input| is_optional(input)).count() > MAX_OPTIONAL {
        inputs.retain(|input| !is_optional(input));
    }
    for (name, header, (cases, default)) in inputs {
        let origin =
            evaluator.origins.hop(header, Step::Reference(format!("variable `{name}`").into()), OriginId::NONE);
        let values_of_cases: Vec<Value> = cases.iter().map(|case| case.value.clone()).collect();
        let only = values_of_cases.len() == 1;
        let id = evaluator.inputs.add(Input {
            name: name.clone(),
            kind: InputKind::Variable,
            span: Some(header),
            cases,
            default,
        });
        let value = match values_of_cases.into_iter().next() {
            Some(value) if only => value,
            _ => evaluator.inputs.value(id, origin),
        };
        values.insert(name, with_case_origins(evaluator, value));
    }
    evaluator.root_variables = values;
    evaluator.workspace = workspace(evaluator, uses.get(&Target::Workspace));
}

/// Rules out the combinations of inputs that a validation refuses.
pub(super) fn constrain(evaluator: &mut Evaluator<'_>, root: &Rc<Instance>) {
    let mut constraints = Vec::new();
    for block in evaluator.node(root).module.variables.iter() {
        for validation in block.body.blocks_named("validation") {
            if let Some((_, condition)) = validation.body.attribute("condition") {
                let value = evaluator.value(condition, Scope::of(root));
                if matches!(value.data, Data::Choice(_)) {
                    constraints.push(value);
                }
            }
        }
    }
    evaluator.inputs.constraints.extend(constraints);
}

/// Tells of values and defaults that the validation of their variable refuses.
pub(super) fn validate(evaluator: &Evaluator<'_>, root: &Rc<Instance>) {
    let defaults = evaluator.inputs.iter().fold(Assignment::default(), |defaults, (id, input)| match input.default {
        Some(case) => defaults.with(id, case),
        None => defaults,
    });
    for block in evaluator.node(root).module.variables.iter() {
        for validation in block.body.blocks_named("validation") {
            let Some((span, condition)) = validation.body.attribute("condition") else { continue };
            if defaults.apply(&evaluator.value(condition, Scope::of(root))).as_bool() == Some(false) {
                let name = block.label(0).unwrap_or_default();
                let message = format!("the value of variable `{name}` does not pass its validation");
                evaluator.note(Problem::note(span.to(condition.span), message));
            }
        }
    }
}

/// A choice whose cases keep the places that they were made with.
fn with_case_origins(evaluator: &Evaluator<'_>, value: Value) -> Value {
    let Data::Choice(choice) = &value.data else { return value };
    let cases = evaluator.inputs.get(choice.input).cases.iter().map(|case| case.value.clone()).collect();
    Value::new(Data::Choice(Arc::new(Choice { input: choice.input, cases })), value.origin)
}

fn workspace(evaluator: &mut Evaluator<'_>, uses: Option<&Uses>) -> Value {
    if let Some(known) = &evaluator.options.workspace {
        return Value::string(known.clone(), OriginId::NONE);
    }
    let open = Value::symbol(
        "the workspace is not known; set it in the configuration",
        Symbol::Expression("terraform.workspace".into()),
        Shape::String,
        OriginId::NONE,
    );
    let mut cases: Vec<Case> = uses
        .into_iter()
        .flat_map(|uses| &uses.constants)
        .filter_map(|constant| match constant {
            Constant::String(text) => Some(case_of(text.clone(), Value::string(text.clone(), OriginId::NONE))),
            _ => None,
        })
        .collect();
    if cases.is_empty() {
        return open;
    }
    let default = cases.iter().position(|case| case.label == "default");
    cases.push(Case { label: "anything else".into(), value: open, is_rest: true });
    let input = Input { name: "terraform.workspace".into(), kind: InputKind::Workspace, span: None, cases, default };
    let id = evaluator.inputs.add(input);
    evaluator.inputs.value(id, OriginId::NONE)
}

/// The uses of the root's variables in the whole tree of modules.
fn uses_of_root(configuration: &Configuration, given: &FxHashMap<Text, Value>) -> BTreeMap<Target, Uses> {
    let mut of_nodes: Vec<BTreeMap<Target, Uses>> = configuration
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| match index {
            // The values are those of the root's variables.
            0 => uses::of_module(&node.module, given),
            _ => (**node.module.uses()).clone(),
        })
        .collect();
    // Callers come before what they call, so that going backwards carries all uses up.
    for index in (1..configuration.nodes.len()).rev() {
        let node = &configuration.nodes[index];
        let Some(parent) = node.parent else { continue };
        let caller = &configuration.nodes[parent].module;
        let Some(call) = caller.calls.at(node.call) else { continue };
        let found = std::mem::take(&mut of_nodes[index]);
        for (target, uses) in found {
            let name = match target {
                Target::Workspace => {
                    of_nodes[parent].entry(Target::Workspace).or_default().merge(&uses);
                    continue;
                }
                Target::Variable(name) => name,
            };
            let Some(argument) = call.body.attribute(&name) else { continue };
            for target in uses::handed_on(&argument.expr, caller) {
                of_nodes[parent].entry(target).or_default().merge(&uses);
            }
            if uses.decides {
                for target in uses::deciding(&argument.expr, caller) {
                    of_nodes[parent].entry(target).or_default().decides = true;
                }
            }
        }
    }
    of_nodes.into_iter().next().unwrap_or_default()
}

/// The cases of a variable without a value and which of them its default falls into; nothing where it is not open.
fn cases_of(evaluator: &Evaluator<'_>, block: &Block, name: &Text, uses: &Uses) -> Option<(Vec<Case>, Option<usize>)> {
    let sensitive = block.body.attribute("sensitive").map(|sensitive| &sensitive.expr.kind);
    if matches!(sensitive, Some(ExprKind::Bool(true))) {
        return None;
    }
    let default = block.body.attribute("default");
    let default_constant = default.and_then(|default| uses::constant(&default.expr));
    let ty = block.body.attribute("type").and_then(|ty| match &ty.expr.kind {
        ExprKind::Variable(name) | ExprKind::String(name) => Some(name.clone()),
        _ => None,
    });
    let is_bool = ty.as_deref() == Some("bool")
        || ty.is_none() && matches!(default_constant, Some(Constant::Bool(_)))
        || ty.is_none() && default.is_none() && uses.decides && uses.constants.is_empty();
    let scalar = ty.as_deref().is_none_or(|ty| matches!(ty, "string" | "number" | "bool" | "any"));
    let nullable =
        !matches!(block.body.attribute("nullable").map(|nullable| &nullable.expr.kind), Some(ExprKind::Bool(false)));
    let listed = block.body.blocks_named("validation").find_map(|validation| {
        let (_, condition) = validation.body.attribute("condition")?;
        uses::allowed(condition, name)
    });
    let compared = uses.decides || !uses.constants.is_empty();
    if default.is_some() && !compared && listed.is_none() {
        return None;
    }
    let mut constants: Vec<Constant> = Vec::new();
    let mut add = |constant: &Constant| {
        let constant = of_type(constant, ty.as_deref());
        if let Some(constant) = constant
            && (nullable || constant != Constant::Null)
            && !constants.contains(&constant)
        {
            constants.push(constant);
        }
    };
    let mut rest = true;
    if is_bool {
        add(&Constant::Bool(true));
        add(&Constant::Bool(false));
        if default_constant == Some(Constant::Null) || uses.constants.contains(&Constant::Null) {
            add(&Constant::Null);
        }
        rest = false;
    } else if let Some(listed) = listed.filter(|_| scalar) {
        listed.iter().for_each(&mut add);
        rest = false;
        if let Some(default) = &default_constant {
            add(default);
        }
    } else {
        // A list or object is told apart by being null only.
        let fits = |constant: &&Constant| scalar || **constant == Constant::Null;
        uses.constants.iter().filter(fits).for_each(&mut add);
        if constants_empty(&uses.constants, scalar) {
            return None;
        }
        match (default, &default_constant) {
            (Some(_), Some(constant)) => add(constant),
            // Its default is no constant that a case could name.
            (Some(_), None) => return None,
            (None, _) => {}
        }
    }
    if constants.is_empty() {
        return None;
    }
    let default_at = default_constant
        .as_ref()
        .and_then(|default| of_type(default, ty.as_deref()))
        .and_then(|default| constants.iter().position(|constant| *constant == default));
    let declared =
        evaluator.origins.hop(block.header, Step::Reference(format!("variable `{name}`").into()), OriginId::NONE);
    let mut cases: Vec<Case> = constants
        .iter()
        .enumerate()
        .map(|(index, constant)| {
            let origin = match default {
                Some(default) if default_at == Some(index) => {
                    let literal = evaluator.origins.literal(default.expr.span);
                    evaluator.origins.hop(default.expr.span, Step::Default(name.clone()), literal)
                }
                _ => declared,
            };
            case_of(label(constant), value_of(constant, origin))
        })
        .collect();
    if rest {
        let why = if default.is_some() {
            format!("variable `{name}` may be given another value than its default")
        } else {
            format!("variable `{name}` has no value; pass a var-file or --var")
        };
        let shape = match ty.as_deref() {
            Some("string") => Shape::String,
            Some("number") => Shape::Number,
            _ => Shape::Any,
        };
        let symbol = Symbol::Expression(format!("var.{name}").into());
        let value = Value::symbol(why, symbol, shape, declared);
        cases.push(Case { label: "anything else".into(), value, is_rest: true });
    }
    Some((cases, default_at))
}

fn constants_empty(constants: &[Constant], scalar: bool) -> bool {
    !constants.iter().any(|constant| scalar || *constant == Constant::Null)
}

fn case_of(label: Text, value: Value) -> Case {
    let label = if label.is_empty() { "\"\"".into() } else { label };
    Case { label, value, is_rest: false }
}

fn label(constant: &Constant) -> Text {
    match constant {
        Constant::Null => "null".into(),
        Constant::Bool(value) => value.to_string().into(),
        Constant::Number(number) => number.to_string().into(),
        Constant::String(text) => text.clone(),
    }
}

fn value_of(constant: &Constant, origin: OriginId) -> Value {
    match constant {
        Constant::Null => Value::null(origin),
        Constant::Bool(value) => Value::bool(*value, origin),
        Constant::Number(number) => Value::number(number.clone(), origin),
        Constant::String(text) => Value::string(text.clone(), origin),
    }
}

/// A constant as a value of a type; nothing where it can't be one.
fn of_type(constant: &Constant, ty: Option<&str>) -> Option<Constant> {
    match (ty, constant) {
        (Some("string"), Constant::Number(_) | Constant::Bool(_)) => Some(Constant::String(label(constant))),
        (Some("number"), Constant::String(text)) => crate::value::Number::parse(text).map(Constant::Number),
        (Some("number"), Constant::Bool(_)) => None,
        (Some("bool"), Constant::String(text)) => match text.as_str() {
            "true" => Some(Constant::Bool(true)),
            "false" => Some(Constant::Bool(false)),
            _ => None,
        },
        (Some("bool"), Constant::Number(_)) => None,
        _ => Some(constant.clone()),
    }
}
