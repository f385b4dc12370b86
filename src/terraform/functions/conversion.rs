//! Between types: `tostring`, `tolist`, `toset`, `tomap` and their like.

use crate::value::{Shape, Value};

use super::super::types::Type;
use super::Error;
use super::call::{ANY, Call, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("ephemeralasnull", &[ANY.or_null().as_is()], Shape::Any, same),
    Function::new("issensitive", &[ANY.or_null().as_is()], Shape::Bool, |call| {
        Ok(call.unknown_for("whether a value is sensitive is not followed"))
    }),
    Function::new("nonsensitive", &[ANY.or_null().as_is()], Shape::Any, same),
    Function::new("sensitive", &[ANY.or_null().as_is()], Shape::Any, |call| {
        Ok(call.unknown_for("it is sensitive, and not looked at"))
    }),
    Function::new("tobool", &[ANY.or_null().as_is()], Shape::Bool, |call| convert(call, &Type::Bool)),
    Function::new("tolist", &[ANY.or_null().as_is()], Shape::List, |call| {
        convert(call, &Type::List(Box::new(Type::Any)))
    }),
    Function::new("tomap", &[ANY.or_null().as_is()], Shape::Map, |call| convert(call, &Type::Map(Box::new(Type::Any)))),
    Function::new("tonumber", &[ANY.or_null().as_is()], Shape::Number, |call| convert(call, &Type::Number)),
    Function::new("toset", &[ANY.or_null().partly()], Shape::List, |call| {
        convert(call, &Type::Set(Box::new(Type::Any)))
    }),
    Function::new("tostring", &[ANY.or_null().as_is()], Shape::String, |call| convert(call, &Type::String)),
    Function::new("type", &[ANY.or_null().as_is()], Shape::Any, |_| {
        Err(Error::new("`type` can be used in the console only"))
    }),
];

fn same(call: &Call<'_>) -> Result<Value, Error> {
    call.arg(0).cloned()
}

fn convert(call: &Call<'_>, ty: &Type) -> Result<Value, Error> {
    ty.convert(call.arg(0)?).map_err(|error| error.at_argument(0))
}
