//! What an evaluation keeps: module instances with what is already evaluated in them, and the names that an
//! expression sees.

use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::path::PathBuf;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::resource::{Call, Problem};
use crate::source::{Sources, Span};
use crate::syntax::hcl::Expr;
use crate::value::{Choice, Data, Inputs, OriginId, Origins, Shape, Step, Symbol, Text, Value};

use super::configuration::{Configuration, Node};
use super::dialect::Dialect;
use super::error::Error;
use super::expand::Group;
use super::files::RootFiles;
use super::options::Options;

/// How deep references and expressions may lead into each other.
pub(super) const MAX_EVALUATION_DEPTH: usize = 600;

/// How many expressions one root may take to evaluate.
pub(super) const MAX_STEPS: usize = 5_000_000;

/// How many module instances one root may have.
pub(super) const MAX_MODULE_INSTANCES: usize = 5_000;

/// Evaluates one root module. Everything is lazy and kept, and nothing is evaluated twice.
pub(super) struct Evaluator<'c> {
    pub config: &'c Configuration,
    pub options: &'c Options,
    pub files: RootFiles<'c>,
    pub sources: &'c Sources,
    pub templates: RefCell<FxHashMap<PathBuf, Rc<Result<Expr, Text>>>>,
    pub origins: &'c Origins,
    /// Names and functions beyond those of Terraform, where the file is of another tool.
    pub dialect: Option<&'c dyn Dialect>,
    /// Why a file of the root module that may configure providers is not known.
    pub unknown_providers: Option<Text>,
    pub inputs: Inputs,
    /// The values of the root's variables that are given or open.
    pub root_variables: FxHashMap<Text, Value>,
    pub workspace: Value,
    pub region: Value,
    pub account: Value,
    pub instances: RefCell<Vec<Rc<Instance>>>,
    pub problems: RefCell<Vec<Problem>>,
    pub providers: RefCell<FxHashMap<(usize, Text), Rc<super::provider::Provider>>>,
    pub depth: Cell<usize>,
    pub steps: Cell<usize>,
}

/// A module at one of its instances: the root, or one call with one `count.index` or `each.key`.
pub(super) struct Instance {
    pub id: usize,
    pub node: usize,
    /// Empty for the root; `module.orders["eu"].`, with the dot, for others.
    pub prefix: Text,
    /// The names that the arguments of the call see.
    pub each: Each,
    pub parent: Option<usize>,
    /// A bool, a choice of bools, or unknown.
    pub exists: Value,
    pub calls: Vec<Call>,
    pub variables: Memo<Text, Value>,
    pub locals: Memo<Text, Value>,
    pub outputs: Memo<Text, Value>,
    pub groups: Memo<Text, Rc<Group>>,
    pub modules: Memo<Text, Rc<ModuleGroup>>,
    pub attributes: Memo<(Text, Text), Value>,
}

/// The instances of a module call.
pub(super) struct ModuleGroup {
    pub group: Group,
    /// Aligned to the group's instances.
    pub instances: Vec<Rc<Instance>>,
}

/// Results by key, with a mark on what is being evaluated.
pub(super) struct Memo<K, T> {
    slots: RefCell<FxHashMap<K, Option<Result<T, Error>>>>,
}

impl<K, T> Default for Memo<K, T> {
    fn default() -> Self {
        Self { slots: RefCell::default() }
    }
}

impl<K: Eq + Hash + Clone, T: Clone> Memo<K, T> {
    /// The result under a key, computed at the first time.
    ///
    /// # Errors
    /// Those of the computation; and where it leads back to itself.
    pub(super) fn get(&self, key: &K, compute: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        match self.slots.borrow().get(key) {
            Some(Some(result)) => return result.clone(),
            Some(None) => return Err(Error::new("it refers to itself")),
            None => {}
        }
        self.slots.borrow_mut().insert(key.clone(), None);
        let result = compute();
        self.slots.borrow_mut().insert(key.clone(), Some(result.clone()));
        result
    }
}

/// `each.key`, `each.value` and `count.index`, where there are such.
#[derive(Clone, Default)]
pub(super) struct Each {
    pub key: Option<Value>,
    pub value: Option<Value>,
    pub index: Option<Value>,
}

/// A name of a `for`, a splat or a `dynamic` block.
pub(super) struct Binding<'s> {
    pub name: &'s str,
    pub value: Value,
    pub next: Option<&'s Binding<'s>>,
}

/// The name under which the element of a splat is bound; no source can write it.
pub(super) const SPLAT_ITEM: &str = "*";

/// What an expression sees.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub instance: &'s Rc<Instance>,
    pub each: Option<&'s Each>,
    pub names: Option<&'s Binding<'s>>,
    /// The variables of a template file, which sees nothing else.
    pub sealed: Option<&'s Value>,
    /// The expression is a default or stands in a variable file: no references and no calls.
    pub constant: bool,
}

impl<'s> Scope<'s> {
    pub(super) fn of(instance: &'s Rc<Instance>) -> Self {
        Self { instance, each: None, names: None, sealed: None, constant: false }
    }

    /// What defaults and variable files see: nothing.
    pub(super) fn constant(instance: &'s Rc<Instance>) -> Self {
        Self { constant: true, ..Self::of(instance) }
    }

    pub(super) fn with_each(self, each: &'s Each) -> Self {
        Self { each: Some(each), ..self }
    }

    pub(super) fn name(&self, name: &str) -> Option<&'s Value> {
        let mut at = self.names;
        while let Some(binding) = at {
            if binding.name == name {
                return Some(&binding.value);
            }
            at = binding.next;
        }
        None
    }
}

impl<'c> Evaluator<'c> {
    /// An evaluator in which nothing is known from outside yet.
    pub(super) fn new(
        config: &'c Configuration,
        options: &'c Options,
        files: RootFiles<'c>,
        sources: &'c Sources,
        origins: &'c Origins,
    ) -> Self {
        let known = |given: &Option<Text>, why: &str, name: &str| match given {
            Some(text) => Value::string(text.clone(), OriginId::NONE),
            None => super::declarations::outside(why, name),
        };
        Self {
            config,
            options,
            files,
            sources,
            templates: RefCell::default(),
            origins,
            dialect: None,
            unknown_providers: None,
            inputs: Inputs::default(),
            root_variables: FxHashMap::default(),
            workspace: Value::absent(OriginId::NONE),
            region: known(&options.region, "the Region is not known; set `region` in the configuration", "region"),
            account: known(&options.account, "the account is not known; set `account` in the configuration", "account"),
            instances: RefCell::default(),
            problems: RefCell::default(),
            providers: RefCell::default(),
            depth: Cell::new(0),
            steps: Cell::new(0),
        }
    }

    /// The instance of the root module, reached through the calls that lead to it from outside.
    pub(super) fn root_instance(&self, calls: Vec<Call>) -> Rc<Instance> {
        let instance = Rc::new(Instance {
            id: 0,
            node: 0,
            prefix: Text::default(),
            each: Each::default(),
            parent: None,
            exists: Value::bool(true, OriginId::NONE),
            calls,
            variables: Memo::default(),
            locals: Memo::default(),
            outputs: Memo::default(),
            groups: Memo::default(),
            modules: Memo::default(),
            attributes: Memo::default(),
        });
        self.instances.borrow_mut().push(Rc::clone(&instance));
        instance
    }

    pub(super) fn node(&self, instance: &Instance) -> &'c Node {
        // Instances are made of nodes that exist.
        &self.config.nodes[instance.node]
    }

    pub(super) fn instance(&self, id: usize) -> Option<Rc<Instance>> {
        self.instances.borrow().get(id).map(Rc::clone)
    }

    /// Registers a new instance of a module.
    ///
    /// # Errors
    /// The bound on instances is hit.
    pub(super) fn add_instance(&self, make: impl FnOnce(usize) -> Instance) -> Result<Rc<Instance>, Error> {
        let mut instances = self.instances.borrow_mut();
        if instances.len() >= MAX_MODULE_INSTANCES {
            return Err(Error::new(format!("there are more than {MAX_MODULE_INSTANCES} instances of modules")));
        }
        let instance = Rc::new(make(instances.len()));
        instances.push(Rc::clone(&instance));
        Ok(instance)
    }

    /// Runs a computation one level deeper, within the bounds.
    ///
    /// # Errors
    /// Those of the computation, and the bounds.
    pub(super) fn deeper<T>(&self, compute: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let depth = self.depth.get();
        if depth >= MAX_EVALUATION_DEPTH {
            return Err(Error::new(format!(
                "expressions refer to each other more than {MAX_EVALUATION_DEPTH} levels deep"
            )));
        }
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > MAX_STEPS {
            return Err(Error::new(format!("the configuration takes more than {MAX_STEPS} steps to evaluate")));
        }
        self.depth.set(depth + 1);
        let result = compute();
        self.depth.set(depth);
        result
    }

    pub(super) fn note(&self, problem: Problem) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < 1_000 && !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// An unknown that stands for an expression of a module.
    pub(super) fn open(&self, why: impl Into<Text>, instance: &Instance, text: &str, span: Span) -> Value {
        let symbol = Symbol::Expression(format!("{}{text}", instance.prefix).into());
        Value::symbol(why, symbol, Shape::Any, self.origins.literal(span))
    }

    /// The value, found through a place that refers to it.
    pub(super) fn referred(&self, value: Value, span: Span, step: Step) -> Value {
        // Each case is reached by the same reference.
        let cases = match &value.data {
            Data::Choice(choice) => {
                let cases = choice.cases.iter().map(|case| self.referred(case.clone(), span, step.clone())).collect();
                Some(Data::Choice(Choice { input: choice.input, cases }.into()))
            }
            _ => None,
        };
        let origin = self.origins.hop(span, step, value.origin);
        match cases {
            Some(data) => Value { data, ..value }.at(origin),
            None => value.at(origin),
        }
    }

    /// A reference into a value: the way that led to the value goes on to the part of it.
    pub(super) fn through(&self, whole: OriginId, part: Value) -> Value {
        if whole.is_none() || whole == part.origin {
            return part;
        }
        if let Data::Choice(choice) = &part.data {
            let cases = choice.cases.iter().map(|case| self.through(whole, case.clone())).collect();
            let data = Data::Choice(Choice { input: choice.input, cases }.into());
            return self.led(whole, Value { data, ..part });
        }
        self.led(whole, part)
    }

    /// A value with the way of another one before its own.
    fn led(&self, whole: OriginId, part: Value) -> Value {
        let trail = self.origins.trail(whole);
        let known: Vec<Span> = self.origins.trail(part.origin).iter().map(|origin| origin.span).collect();
        let mut origin = part.origin;
        // The last hop is the whole literal, in which the part stands.
        let hops = trail.len().saturating_sub(1).min(16);
        for hop in trail[..hops].iter().rev() {
            if !known.contains(&hop.span) {
                origin = self.origins.hop(hop.span, hop.step.clone(), origin);
            }
        }
        part.at(origin)
    }
}
