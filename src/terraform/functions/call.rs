//! How a function is described and called: its parameters, and how much of its arguments it wants to be known.

use std::sync::Arc;

use crate::value::{
    Data, List, ListKind, Map, MapKind, Number, OriginId, Part, Shape, Text, Unknown, Value, join_parts,
};

use super::super::lift::{hoist, lift, unknown_of};
use super::super::normal;
use super::super::tag::tag;
use super::super::types::Type;
use super::{Context, Error};

/// One function.
pub(super) struct Function {
    pub name: &'static str,
    pub params: &'static [Param],
    /// How many of the parameters have to be given.
    pub required: usize,
    /// The parameter of all further arguments.
    pub variadic: Option<Param>,
    /// What is known of the result's type where the result is not known.
    pub returns: Shape,
    pub run: fn(&Call<'_>) -> Result<Value, Error>,
}

/// One parameter.
#[derive(Clone, Copy)]
pub(super) struct Param {
    ty: Ty,
    null: bool,
    reads: Reads,
}

/// What a parameter's arguments are converted to.
#[derive(Clone, Copy)]
pub(super) enum Ty {
    Any,
    String,
    Number,
    /// A list whose elements have a type in common.
    List,
    Strings,
    Bools,
    Set,
    MapOfLists,
}

/// How much of an argument a function wants to be known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    /// All of it; where something is not known, neither is the result.
    Known,
    /// It deals with unknowns, but wants to see no choices at any depth.
    Partly,
    /// It deals with unknowns and with choices below the top.
    AsIs,
}

impl Param {
    pub(super) const fn new(ty: Ty) -> Self {
        Self { ty, null: false, reads: Reads::Known }
    }

    /// The parameter takes null as well.
    pub(super) const fn or_null(self) -> Self {
        Self { null: true, ..self }
    }

    /// The function deals with unknowns in it.
    pub(super) const fn partly(self) -> Self {
        Self { reads: Reads::Partly, ..self }
    }

    /// The function deals with unknowns in it, and with choices below the top.
    pub(super) const fn as_is(self) -> Self {
        Self { reads: Reads::AsIs, ..self }
    }

    fn ty(self) -> Type {
        let boxed = |ty: Type| Box::new(ty);
        match self.ty {
            Ty::Any => Type::Any,
            Ty::String => Type::String,
            Ty::Number => Type::Number,
            Ty::List => Type::List(boxed(Type::Any)),
            Ty::Strings => Type::List(boxed(Type::String)),
            Ty::Bools => Type::List(boxed(Type::Bool)),
            Ty::Set => Type::Set(boxed(Type::Any)),
            Ty::MapOfLists => Type::Map(boxed(Type::List(boxed(Type::String)))),
        }
    }
}

pub(super) const STRING: Param = Param::new(Ty::String);
pub(super) const NUMBER: Param = Param::new(Ty::Number);
pub(super) const ANY: Param = Param::new(Ty::Any);

impl Function {
    /// A function with a fixed number of parameters.
    pub(super) const fn new(
        name: &'static str,
        params: &'static [Param],
        returns: Shape,
        run: fn(&Call<'_>) -> Result<Value, Error>,
    ) -> Self {
        Self { name, params, required: params.len(), variadic: None, returns, run }
    }

    /// The last parameters may be left out.
    pub(super) const fn optional_from(self, required: usize) -> Self {
        Self { required, ..self }
    }

    /// Any number of further arguments.
    pub(super) const fn and_more(self, param: Param) -> Self {
        Self { variadic: Some(param), ..self }
    }

    pub(super) fn call(&self, args: &[Value], context: &Context<'_>) -> Result<Value, Error> {
        if args.len() < self.required {
            return Err(Error::new(format!(
                "`{}` needs {} {} more than are given",
                self.name,
                self.required - args.len(),
                if self.required - args.len() == 1 { "argument" } else { "arguments" }
            )));
        }
        if args.len() > self.params.len() && self.variadic.is_none() {
            return Err(Error::of_argument(
                format!("`{}` takes {} arguments, but {} are given", self.name, self.params.len(), args.len()),
                self.params.len(),
            ));
        }
        let params: Vec<Param> = (0..args.len()).filter_map(|at| self.param(at)).collect();
        let hoisted: Vec<Value> = args
            .iter()
            .zip(&params)
            .map(|(arg, param)| if param.reads == Reads::AsIs { arg.clone() } else { hoist(arg) })
            .collect();
        let refs: Vec<&Value> = hoisted.iter().collect();
        lift(&refs, &mut |leaves| self.call_known(leaves, &params, context))
    }

    fn param(&self, at: usize) -> Option<Param> {
        self.params.get(at).copied().or(self.variadic)
    }

    fn call_known(&self, args: &[&Value], params: &[Param], context: &Context<'_>) -> Result<Value, Error> {
        let mut converted = Vec::with_capacity(args.len());
        let mut open = None;
        for (at, (arg, param)) in args.iter().zip(params).enumerate() {
            if arg.is_unset() && !param.null {
                return Err(Error::of_argument("the argument must not be null", at));
            }
            let arg = param.ty().convert(arg).map_err(|error| error.at_argument(at))?;
            if param.reads == Reads::Known && open.is_none() && !arg.is_wholly_known() {
                open = Some(at);
            }
            converted.push(arg);
        }
        if let Some(open) = open.and_then(|at| converted.get(at)) {
            return Ok(unknown_of(open, self.returns, context.origin));
        }
        let result = (self.run)(&Call { args: converted, returns: self.returns, context })?;
        Ok(match &result.data {
            Data::String(_) => normal::value(result),
            // Lists and maps are handed on, but for those that are read from a text.
            Data::List(_) | Data::Map(_) if args.first().is_some_and(|arg| arg.as_str().is_some()) => {
                normal::value(result)
            }
            _ => result,
        })
    }
}

/// The arguments of one call, converted and without choices at their top.
pub(super) struct Call<'a> {
    pub args: Vec<Value>,
    pub returns: Shape,
    pub context: &'a Context<'a>,
}

impl Call<'_> {
    pub fn origin(&self) -> OriginId {
        self.context.origin
    }

    /// A text of pieces; what is made of several known ones counts as written only where all of them are.
    pub fn joined(&self, pieces: Vec<Part>) -> Value {
        let origins = self.context.origins;
        let pieces = match origins.span(self.origin()) {
            Some(span) => origins.merged(pieces, span),
            None => pieces,
        };
        join_parts(pieces, self.origin())
    }

    pub fn arg(&self, at: usize) -> Result<&Value, Error> {
        self.args.get(at).ok_or_else(|| Error::new("an argument is missing"))
    }

    /// A known string.
    pub fn text(&self, at: usize) -> Result<&str, Error> {
        self.arg(at)?.as_str().ok_or_else(|| Error::of_argument("a string is required", at))
    }

    /// A known number.
    pub fn number(&self, at: usize) -> Result<&Number, Error> {
        self.arg(at)?.as_number().ok_or_else(|| Error::of_argument("a number is required", at))
    }

    /// A known whole number of 64 bits.
    pub fn integer(&self, at: usize) -> Result<i64, Error> {
        self.number(at)?.as_i64().ok_or_else(|| {
            Error::of_argument("a whole number between -9223372036854775808 and 9223372036854775807 is required", at)
        })
    }

    /// A known list, tuple or set, or one of which parts are known.
    pub fn list(&self, at: usize) -> Result<&List, Error> {
        let arg = self.arg(at)?;
        arg.as_list()
            .ok_or_else(|| Error::of_argument(format!("a list is required, but this is a {}", arg.type_name()), at))
    }

    /// A known map or object, or one of which parts are known.
    pub fn map(&self, at: usize) -> Result<&Map, Error> {
        let arg = self.arg(at)?;
        arg.as_map()
            .ok_or_else(|| Error::of_argument(format!("a map is required, but this is a {}", arg.type_name()), at))
    }

    pub fn is_unknown(&self, at: usize) -> bool {
        self.args.get(at).is_some_and(Value::is_unknown)
    }

    /// The result where an argument is not known enough.
    pub fn unknown(&self, because_of: &Value) -> Value {
        unknown_of(because_of, self.returns, self.origin())
    }

    pub fn unknown_for(&self, why: impl Into<Text>) -> Value {
        super::super::lift::shaped(why, self.returns, self.origin())
    }

    pub fn string(&self, text: impl Into<Text>) -> Value {
        Value::string(text, self.origin())
    }

    pub fn bool(&self, known: bool) -> Value {
        Value::bool(known, self.origin())
    }

    pub fn count(&self, count: usize) -> Value {
        Value::number(Number::count(i64::try_from(count).unwrap_or(i64::MAX)), self.origin())
    }

    pub fn strings(&self, items: impl IntoIterator<Item = impl Into<Text>>) -> Value {
        let items = items.into_iter().map(|item| self.string(item)).collect();
        self.list_of(ListKind::List, items, None).tagged(tag(&Type::List(Box::new(Type::String))))
    }

    pub fn list_of(&self, kind: ListKind, items: Vec<Value>, rest: Option<Arc<Unknown>>) -> Value {
        Value::new(Data::List(Arc::new(List { kind, items, rest })), self.origin())
    }

    /// A map; entries are sorted here, and the last one of equal keys wins.
    pub fn map_of(
        &self,
        kind: MapKind,
        entries: impl IntoIterator<Item = crate::value::Entry>,
        rest: Option<Arc<Unknown>>,
    ) -> Value {
        let sorted: std::collections::BTreeMap<Text, crate::value::Entry> =
            entries.into_iter().map(|entry| (entry.key.clone(), entry)).collect();
        let entries = sorted.into_values().collect();
        Value::new(Data::Map(Arc::new(Map { kind, entries, rest })), self.origin())
    }
}

/// The rest of a collection that holds an unknown collection.
pub(super) fn open_rest(value: &Value) -> Arc<Unknown> {
    match &value.data {
        Data::Unknown(unknown) => Arc::clone(unknown),
        _ => {
            let why = super::super::lift::reason(value).unwrap_or_else(|| "a part of it is not known".into());
            Arc::new(Unknown { why, symbol: None, shape: Shape::Any })
        }
    }
}

/// The longest text that is made, in bytes.
const MAX_TEXT: usize = 1 << 25;

/// Refuses to make a text that would fill memory.
///
/// # Errors
/// The text would be longer than the bound.
pub(super) fn check_length(length: usize) -> Result<(), Error> {
    if length > MAX_TEXT { Err(Error::new("the text would be longer than 32 MiB")) } else { Ok(()) }
}
