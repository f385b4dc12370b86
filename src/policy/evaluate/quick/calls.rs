//! The functions that conditions call most; the others take the long way.

use std::cmp::Ordering;

use crate::policy::expression::{Function, Node, NodeId};
use crate::value::text::known_pieces;
use crate::value::{Data, OriginId, Text, Value};

use super::super::operators::Numeric;
use super::super::{glob, texts};
use super::compare::{equal, text};
use super::walk::Run;
use super::{Answer, Got, Stop, weight};

/// How many steps a regular expression counts for that is not written in the page.
const MAKING: usize = 2_000;

impl<'v> Run<'_, 'v> {
    pub(super) fn call(&mut self, function: Function, arguments: &'v [NodeId]) -> Answer<'v> {
        match function {
            Function::Min | Function::Max => return self.least_or_most(function, arguments),
            Function::NonProduction | Function::Undetermined | Function::Quote => {
                return Err(Stop::Open);
            }
            _ => {}
        }
        let Some(first) = arguments.first() else { return Err(Stop::Wrong) };
        let first = self.node(*first)?;
        let second = arguments.get(1).map(|second| self.node(*second)).transpose()?;
        for argument in [Some(&first), second.as_ref()].into_iter().flatten() {
            if let Got::Opaque(stop) = argument {
                return Err(*stop);
            }
        }
        self.spend(weight(&first) + second.as_ref().map_or(0, weight))?;
        if let (Function::Matches, Some(pattern)) = (function, arguments.get(1))
            && !matches!(self.nodes.get(*pattern as usize), Some(Node::Text(_)))
        {
            // Making a regular expression takes its time.
            self.spend(MAKING)?;
        }
        match function {
            Function::Size => self.size(&first),
            Function::StartsWith | Function::EndsWith | Function::Contains | Function::Matches | Function::Glob => {
                let Some(second) = &second else { return Err(Stop::Wrong) };
                self.test(function, &first, second).map(Got::Bool)
            }
            Function::LowerAscii => {
                let text = text(&first)?;
                // Most texts are as they should be.
                let is_same = !text.bytes().any(|byte| byte.is_ascii_uppercase());
                Ok(if is_same { first } else { Got::Made(text.to_ascii_lowercase().into()) })
            }
            Function::UpperAscii => Ok(Got::Made(text(&first)?.to_ascii_uppercase().into())),
            Function::Int => match first {
                Got::Number(Numeric::Whole(_)) => Ok(first),
                _ => Err(Stop::Open),
            },
            Function::Double => match first {
                Got::Number(number) => Ok(Got::Number(Numeric::Double(number.as_f64()))),
                _ => Err(Stop::Open),
            },
            Function::String => match first {
                Got::Text(_) | Got::Made(_) => Ok(first),
                Got::Number(Numeric::Whole(number)) => Ok(Got::Made(number.to_string().into())),
                _ => Err(Stop::Open),
            },
            Function::Same => match &second {
                Some(second) if is_plain(&first) && is_plain(second) => equal(&first, second).map(Got::Bool),
                _ => Err(Stop::Open),
            },
            Function::Flatten => {
                let outer = self.items(&first)?;
                let mut items = Vec::with_capacity(outer.len());
                for inner in outer.iter() {
                    match inner {
                        Got::Nothing => {}
                        Got::Items(_) | Got::List(_) => {
                            self.spend(weight(inner))?;
                            items.extend(self.items(inner)?.iter().cloned());
                        }
                        Got::Open(_) | Got::Opaque(_) => return Err(inner.stop()),
                        other => items.push(other.clone()),
                    }
                }
                Ok(Got::Items(items.into()))
            }
            Function::Distinct | Function::Duplicates => {
                let items = self.items(&first)?;
                let mut distinct: Vec<Got<'v>> = Vec::new();
                let mut repeated: Vec<Got<'v>> = Vec::new();
                for item in items.iter() {
                    self.spend(distinct.len())?;
                    let mut is_known = false;
                    for other in &distinct {
                        is_known |= equal(other, item)?;
                    }
                    if is_known { repeated.push(item.clone()) } else { distinct.push(item.clone()) }
                }
                Ok(Got::Items(if function == Function::Distinct { distinct } else { repeated }.into()))
            }
            Function::Sum => {
                let mut total = 0_i64;
                for item in self.items(&first)?.iter() {
                    match item {
                        Got::Nothing => {}
                        Got::Number(Numeric::Whole(number)) => total = total.checked_add(*number).ok_or(Stop::Open)?,
                        _ => return Err(Stop::Open),
                    }
                }
                Ok(Got::Number(Numeric::Whole(total)))
            }
            Function::Before => {
                let (Got::List(_) | Got::Items(_), Some(end)) = (&first, &second) else { return Err(Stop::Open) };
                let items = self.items(&first)?;
                let mut before = Vec::new();
                for item in items.iter() {
                    if equal(item, end)? {
                        break;
                    }
                    before.push(item.clone());
                }
                Ok(Got::Items(before.into()))
            }
            Function::Keys | Function::Values => {
                let map = match &first {
                    Got::Nothing => return Ok(Got::Items([].into())),
                    Got::Map(map) if map.rest.is_none() => map,
                    _ => return Err(Stop::Open),
                };
                let mut items = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    let value = self.resolve(&entry.value)?;
                    if !value.is_absent() {
                        items.push(match function {
                            Function::Keys => Got::Text(&entry.key),
                            _ => super::item(self.got(value))?,
                        });
                    }
                }
                Ok(Got::Items(items.into()))
            }
            Function::Words => match &first {
                Got::Nothing => Ok(Got::Items([].into())),
                Got::Text(_) | Got::Made(_) => {
                    let words = texts::words(text(&first)?).into_iter();
                    Ok(Got::Items(words.map(|word| Got::Made(word.into())).collect()))
                }
                _ => Err(Stop::Open),
            },
            Function::Join => {
                let Got::Items(items) = &first else { return Err(Stop::Open) };
                let separator = second.as_ref().map_or(Ok(""), text)?;
                let mut joined = String::new();
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        joined.push_str(separator);
                    }
                    let item = text(item)?;
                    self.spend((separator.len() + item.len()) / 32)?;
                    joined.push_str(item);
                }
                Ok(Got::Made(joined.into()))
            }
            Function::Pieces => match &first {
                Got::Text(_) => Ok(Got::Items([first].into())),
                Got::Open(value) => {
                    let pieces = known_pieces(value).into_iter();
                    Ok(Got::Items(pieces.map(Got::Made).collect()))
                }
                _ => Err(Stop::Open),
            },
            Function::Known => match &first {
                Got::Open(_) => Ok(Got::Bool(false)),
                got if is_plain(got) => Ok(Got::Bool(true)),
                _ => Err(Stop::Open),
            },
            _ => Err(Stop::Open),
        }
    }

    fn size(&mut self, of: &Got<'v>) -> Answer<'v> {
        let number = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
        let (size, is_open) = match of {
            Got::Nothing => (0, false),
            Got::Text(_) | Got::Made(_) => (text(of)?.chars().count(), false),
            Got::Items(items) => (items.len(), false),
            Got::List(list) => {
                let mut size = 0;
                for item in &list.items {
                    size += usize::from(self.is_there(item)?);
                }
                (size, list.rest.is_some())
            }
            Got::Map(map) => {
                let mut size = 0;
                for entry in &map.entries {
                    size += usize::from(self.is_there(&entry.value)?);
                }
                (size, map.rest.is_some())
            }
            other => return Err(other.stop()),
        };
        Ok(if is_open { Got::AtLeast(number(size)) } else { Got::Number(Numeric::Whole(number(size))) })
    }

    /// Whether an item is there, which it may be in every case.
    fn is_there(&self, item: &'v Value) -> Result<bool, Stop> {
        fn always(value: &Value) -> bool {
            match &value.data {
                Data::Absent => false,
                Data::Choice(choice) => choice.cases.iter().all(always),
                _ => true,
            }
        }
        match self.resolve(item) {
            Ok(item) => Ok(!item.is_absent()),
            Err(_) if always(item) => Ok(true),
            Err(stop) => Err(stop),
        }
    }

    fn test(&mut self, function: Function, first: &Got<'v>, second: &Got<'v>) -> Result<bool, Stop> {
        let open;
        let value = match first {
            // Nothing begins, ends or matches as no text does; an invalid pattern is for the long way.
            Got::Nothing if function != Function::Matches => return Ok(false),
            Got::Open(value) if !value.is_unknown() => *value,
            Got::Text(_) | Got::Made(_) => {
                let (known, wanted) = (text(first)?, text(second)?);
                match function {
                    Function::StartsWith => return Ok(known.starts_with(wanted)),
                    Function::EndsWith => return Ok(known.ends_with(wanted)),
                    Function::Contains => return Ok(known.contains(wanted)),
                    _ => {}
                }
                open = Value::string(known, OriginId::NONE);
                &open
            }
            Got::Open(_) | Got::Nothing => return Err(Stop::Open),
            _ => return Err(Stop::Wrong),
        };
        let wanted = text(second)?;
        let made = || Value::string(wanted, OriginId::NONE);
        let truth = match function {
            Function::StartsWith => texts::starts_with(value, &made()),
            Function::EndsWith => texts::ends_with(value, &made()),
            Function::Contains => texts::contains(value, &made()),
            Function::Glob => glob::matches(value, wanted),
            _ => {
                self.spend(value.as_str().map_or(0, str::len) / 4)?;
                texts::matches(value, &Text::from(wanted)).ok_or(Stop::Wrong)?
            }
        };
        truth.known().ok_or(Stop::Open)
    }

    fn least_or_most(&mut self, function: Function, arguments: &'v [NodeId]) -> Answer<'v> {
        let wanted = if function == Function::Min { Ordering::Less } else { Ordering::Greater };
        let mut best: Option<Numeric> = None;
        for argument in arguments {
            let Got::Number(number) = self.node(*argument)? else { return Err(Stop::Open) };
            if best.is_none_or(|best| number.order(best) == Some(wanted)) {
                best = Some(number);
            }
        }
        best.map(Got::Number).ok_or(Stop::Open)
    }
}

/// Known, with nothing in it.
fn is_plain(got: &Got<'_>) -> bool {
    matches!(got, Got::Nothing | Got::Bool(_) | Got::Number(_) | Got::Text(_) | Got::Made(_) | Got::Entity(_))
}
