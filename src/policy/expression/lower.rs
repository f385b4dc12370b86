//! From the text of an expression to a checked program.
//!
//! The `cel` crate's parser gives the tree (with the macros left as calls, so that `all` and `exists` stay
//! recognisable); this module resolves every name, checks fields against the model's schema and types against each
//! other, and writes the arena. Everything that a page's author can get wrong here is a [`Mistake`] with its place
//! in the expression and, where there is one, the name that was probably meant.

use std::borrow::Cow;

use cel::Env;
use cel::common::ast::{EntryExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

use crate::model::schema::Subject;

use super::constant::Constant;
use super::functions::{FUNCTIONS, Function, Signature};
use super::kinds::Kind;
use super::mistake::{Mistake, find_word, first_place, suggestion, syntax_mistake};
use super::{Arithmetic, Comparison, Each, Node, NodeId, Program, Slice};

/// How many nodes one expression may have.
pub const MAX_NODES: usize = 4000;

/// How long an expression may be, in bytes; the parser's own recursion grows with it.
const MAX_LENGTH: usize = 4000;

/// How deep an expression may be nested, for the parser.
pub(super) const MAX_DEPTH: u16 = 60;

/// How deep its tree may be: chains of operators are deep where brackets are not.
const MAX_TREE: usize = 60;

/// The names that an expression may use.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The subjects that the page applies to.
    pub subjects: Vec<Subject>,
    /// The page's options.
    pub options: Vec<(String, Kind)>,
    /// The page's named parts that come before.
    pub lets: Vec<(String, Kind)>,
}

/// Reads and checks an expression. The parser's recursion is bounded by the length of the text only, so a text from a
/// stranger needs a deep stack; [`crate::policy::page::Page::parse`] brings one.
///
/// # Errors
/// The first mistake.
pub fn compile(text: &str, names: &Names) -> Result<(Program, Kind), Mistake> {
    if text.len() > MAX_LENGTH {
        let message = format!("the expression has more than {MAX_LENGTH} characters");
        return Err(Mistake { start: 0, end: text.len(), message, help: Some("split it with `let`".into()) });
    }
    let parser = Env::default().with_optional_support(false).parser().max_recursion_depth(MAX_DEPTH);
    let (tree, places) = parser.parse_with_source_info(text).map_err(|errors| syntax_mistake(text, &errors))?;
    let mut lowering = Lowering {
        text,
        places: &places,
        names,
        nodes: Vec::new(),
        lists: Vec::new(),
        texts: Vec::new(),
        locals: Vec::new(),
        most_locals: 0,
        depth: 0,
    };
    let (_, kind) = lowering.expression(&tree)?;
    Ok((lowering.finish(), kind))
}

/// The program of a constant (an option's default, a value that a fix writes).
#[must_use]
pub fn literal(value: &Constant) -> Program {
    let places = SourceInfo::default();
    let mut lowering = Lowering {
        text: "",
        places: &places,
        names: &Names::default(),
        nodes: Vec::new(),
        lists: Vec::new(),
        texts: Vec::new(),
        locals: Vec::new(),
        most_locals: 0,
        depth: 0,
    };
    lowering.constant(value);
    lowering.finish()
}

struct Lowering<'a> {
    text: &'a str,
    places: &'a SourceInfo,
    names: &'a Names,
    nodes: Vec<Node>,
    lists: Vec<NodeId>,
    texts: Vec<Cow<'static, str>>,
    locals: Vec<(String, Kind)>,
    most_locals: usize,
    depth: usize,
}

type Lowered = Result<(NodeId, Kind), Mistake>;

impl Lowering<'_> {
    fn finish(self) -> Program {
        Program {
            nodes: self.nodes.into(),
            lists: self.lists.into(),
            texts: self.texts.into(),
            locals: small(self.most_locals),
        }
    }

    /// A mistake at a node, on the given word where it stands there.
    fn mistake(&self, at: &IdedExpr, word: &str, message: impl Into<String>, help: Option<String>) -> Mistake {
        let near = first_place(at, self.places).min(self.text.len());
        let near = (0..=near).rev().find(|offset| self.text.is_char_boundary(*offset)).unwrap_or(0);
        let found = (!word.is_empty())
            .then(|| find_word(self.text, word, near).or_else(|| find_word(self.text, word, 0)))
            .flatten();
        let (start, end) = found.map_or((near, self.text.len()), |start| (start, start + word.len()));
        Mistake { start, end, message: message.into(), help }
    }

    fn push(&mut self, node: Node, kind: Kind) -> Lowered {
        if self.nodes.len() >= MAX_NODES {
            let message = format!("the expression has more than {MAX_NODES} parts");
            return Err(Mistake { start: 0, end: self.text.len(), message, help: Some("split it with `let`".into()) });
        }
        self.nodes.push(node);
        Ok((small(self.nodes.len() - 1), kind))
    }

    fn intern(&mut self, text: &str) -> u32 {
        let at = self.texts.iter().position(|known| known == text).unwrap_or_else(|| {
            self.texts.push(text.to_owned().into());
            self.texts.len() - 1
        });
        small(at)
    }

    fn slice(&mut self, children: &[NodeId]) -> Slice {
        let start = small(self.lists.len());
        self.lists.extend_from_slice(children);
        Slice { start, len: small(children.len()) }
    }

    fn constant(&mut self, value: &Constant) -> NodeId {
        let node = match value {
            Constant::Null => Node::Null,
            Constant::Bool(value) => Node::Bool(*value),
            Constant::Integer(value) => Node::Integer(*value),
            Constant::Double(value) => Node::Double(*value),
            Constant::Text(text) => Node::Text(self.intern(text)),
            Constant::List(items) => {
                let items: Vec<NodeId> = items.iter().map(|item| self.constant(item)).collect();
                Node::List(self.slice(&items))
            }
            Constant::Map(entries) => {
                let mut children = Vec::with_capacity(entries.len() * 2);
                for (key, value) in entries {
                    children.push(self.constant(&Constant::Text(key.clone())));
                    children.push(self.constant(value));
                }
                Node::Map(self.slice(&children))
            }
        };
        self.nodes.push(node);
        small(self.nodes.len() - 1)
    }

    fn expression(&mut self, at: &IdedExpr) -> Lowered {
        self.depth += 1;
        let lowered = if self.depth > MAX_TREE {
            let message = format!("it is nested more than {MAX_TREE} deep");
            Err(Mistake { start: 0, end: self.text.len(), message, help: Some("split it with `let`".into()) })
        } else {
            self.part(at)
        };
        self.depth -= 1;
        lowered
    }

    fn part(&mut self, at: &IdedExpr) -> Lowered {
        match &at.expr {
            Expr::Literal(value) => self.literal(at, value),
            Expr::Ident(name) => self.name(at, name),
            Expr::Select(select) => {
                let (of, kind) = self.expression(&select.operand)?;
                let field = self.field_kind(at, &kind, &select.field)?;
                let name = self.intern(&select.field);
                self.push(Node::Field { of, name }, field)
            }
            Expr::List(list) => {
                let mut children = Vec::with_capacity(list.elements.len());
                let mut item = None;
                for element in &list.elements {
                    let (child, kind) = self.expression(element)?;
                    children.push(child);
                    item = Some(match item {
                        Some(before) => Kind::join(before, kind),
                        None => kind,
                    });
                }
                let slice = self.slice(&children);
                self.push(Node::List(slice), Kind::List(Box::new(item.unwrap_or(Kind::Any))))
            }
            Expr::Map(map) => {
                let mut children = Vec::with_capacity(map.entries.len() * 2);
                let mut values = None;
                for entry in &map.entries {
                    let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
                    let (key, kind) = self.expression(&entry.key)?;
                    self.expect(&entry.key, &kind, &Kind::Text, "a key of a map")?;
                    let (value, kind) = self.expression(&entry.value)?;
                    children.extend([key, value]);
                    values = Some(match values {
                        Some(before) => Kind::join(before, kind),
                        None => kind,
                    });
                }
                let slice = self.slice(&children);
                self.push(Node::Map(slice), Kind::Map(Box::new(values.unwrap_or(Kind::Any))))
            }
            Expr::Call(call) => self.call(at, &call.func_name, call.target.as_deref(), &call.args),
            Expr::Struct(_) => Err(self.mistake(at, "", "message types are not used here", Some("write a map".into()))),
            Expr::Comprehension(_) | Expr::Unspecified => Err(self.mistake(at, "", "this is no expression", None)),
        }
    }

    fn literal(&mut self, at: &IdedExpr, value: &LiteralValue) -> Lowered {
        match value {
            LiteralValue::Boolean(value) => self.push(Node::Bool(*value.inner()), Kind::Bool),
            LiteralValue::Int(value) => self.push(Node::Integer(*value.inner()), Kind::Number),
            LiteralValue::Double(value) => self.push(Node::Double(*value.inner()), Kind::Number),
            LiteralValue::String(value) => {
                let text = self.intern(value.inner());
                self.push(Node::Text(text), Kind::Text)
            }
            LiteralValue::Null => self.push(Node::Null, Kind::Null),
            LiteralValue::UInt(_) => {
                Err(self.mistake(at, "", "unsigned numbers are not used here", Some("leave the `u` out".into())))
            }
            LiteralValue::Bytes(_) => {
                Err(self.mistake(at, "", "byte strings are not used here", Some("leave the `b` out".into())))
            }
        }
    }

    fn name(&mut self, at: &IdedExpr, name: &str) -> Lowered {
        if let Some(local) = self.locals.iter().rposition(|(known, _)| known == name) {
            let kind = self.locals[local].1.clone();
            return self.push(Node::Local(small(local)), kind);
        }
        if let Some(index) = self.names.lets.iter().rposition(|(known, _)| known == name) {
            let kind = self.names.lets[index].1.clone();
            return self.push(Node::Let(small(index)), kind);
        }
        match name {
            "self" => return self.push(Node::Subject, Kind::Entity(self.names.subjects.clone())),
            "project" => return self.push(Node::Project, Kind::Project),
            "options" => return self.push(Node::Options, Kind::Options(self.names.options.clone())),
            _ => {}
        }
        if let Some(subject) = Subject::from_name(name) {
            match self.names.subjects.as_slice() {
                [only] if *only == subject => return self.push(Node::Subject, Kind::Entity(vec![subject])),
                many if many.contains(&subject) => {
                    // One of several: the entity where it is of this subject, else nothing.
                    return self.one_of_several(subject);
                }
                _ => {}
            }
        }
        let mut known: Vec<String> = vec!["self".into(), "project".into(), "options".into()];
        known.extend(self.names.subjects.iter().map(|subject| subject.name().to_owned()));
        known.extend(self.names.lets.iter().map(|(name, _)| name.clone()));
        known.extend(self.locals.iter().map(|(name, _)| name.clone()));
        let help = suggestion(name, &known);
        Err(self.mistake(at, name, format!("there is no `{name}` here"), help))
    }

    /// `self.subject == "name" ? self : null`
    fn one_of_several(&mut self, subject: Subject) -> Lowered {
        let (this, _) = self.push(Node::Subject, Kind::Any)?;
        let name = self.intern("subject");
        let (field, _) = self.push(Node::Field { of: this, name }, Kind::Text)?;
        let text = self.intern(subject.name());
        let (wanted, _) = self.push(Node::Text(text), Kind::Text)?;
        let (condition, _) = self.push(Node::Compare(Comparison::Equal, field, wanted), Kind::Bool)?;
        let (yes, _) = self.push(Node::Subject, Kind::Any)?;
        let (no, _) = self.push(Node::Null, Kind::Null)?;
        self.push(Node::Conditional { condition, yes, no }, Kind::Entity(vec![subject]))
    }

    fn field_kind(&self, at: &IdedExpr, of: &Kind, name: &str) -> Result<Kind, Mistake> {
        of.field(name).map_err(|known| {
            if known.is_empty() && !matches!(of, Kind::Object(_) | Kind::Entity(_) | Kind::Options(_)) {
                return self.mistake(at, name, format!("{} has no field `{name}`", of.describe()), None);
            }
            let whose = match of {
                Kind::Options(_) => "the page has no option".to_owned(),
                Kind::Project => "the project has no".to_owned(),
                Kind::Entity(subjects) if subjects.len() > 1 => {
                    let names: Vec<&str> = subjects.iter().map(|subject| subject.name()).collect();
                    format!("not every one of {} has a field", names.join(", "))
                }
                other => format!("{} has no field", other.describe()),
            };
            self.mistake(at, name, format!("{whose} `{name}`"), suggestion(name, &known))
        })
    }

    fn expect(&self, at: &IdedExpr, kind: &Kind, wanted: &Kind, what: &str) -> Result<(), Mistake> {
        if kind.fits(wanted) {
            return Ok(());
        }
        let message = format!("{what} has to be {}, and this is {}", wanted.describe(), kind.describe());
        Err(self.mistake(at, "", message, None))
    }

    fn call(&mut self, at: &IdedExpr, name: &str, target: Option<&IdedExpr>, arguments: &[IdedExpr]) -> Lowered {
        match (name, target, arguments) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, None, [first, others @ ..]) => {
                // A chain of more than two terms may come as one call.
                let (mut left, kind) = self.expression(first)?;
                self.expect(first, &kind, &Kind::Bool, "a side of `&&` or `||`")?;
                for other in others {
                    let (right, kind) = self.expression(other)?;
                    self.expect(other, &kind, &Kind::Bool, "a side of `&&` or `||`")?;
                    let node =
                        if name == operators::LOGICAL_AND { Node::And(left, right) } else { Node::Or(left, right) };
                    left = self.push(node, Kind::Bool)?.0;
                }
                Ok((left, Kind::Bool))
            }
            (operators::LOGICAL_NOT, None, [operand]) => {
                let (child, kind) = self.expression(operand)?;
                self.expect(operand, &kind, &Kind::Bool, "what `!` negates")?;
                self.push(Node::Not(child), Kind::Bool)
            }
            (operators::NEGATE, None, [operand]) => {
                let (child, kind) = self.expression(operand)?;
                self.expect(operand, &kind, &Kind::Number, "what `-` negates")?;
                self.push(Node::Negate(child), Kind::Number)
            }
            (operators::CONDITIONAL, None, [condition, yes, no]) => {
                let (test, kind) = self.expression(condition)?;
                self.expect(condition, &kind, &Kind::Bool, "the condition before `?`")?;
                let (yes, one) = self.expression(yes)?;
                let (no, other) = self.expression(no)?;
                self.push(Node::Conditional { condition: test, yes, no }, one.join(other))
            }
            (operators::INDEX, None, [of, index]) => {
                let (child, kind) = self.expression(of)?;
                let (place, place_kind) = self.expression(index)?;
                let (wanted, item) = match kind {
                    Kind::List(item) => (Kind::Number, *item),
                    Kind::Map(value) => (Kind::Text, *value),
                    Kind::Any | Kind::Null => (Kind::Any, Kind::Any),
                    other => {
                        let message = format!("only lists and maps can be indexed, and this is {}", other.describe());
                        return Err(self.mistake(of, "", message, None));
                    }
                };
                self.expect(index, &place_kind, &wanted, "the index")?;
                self.push(Node::Index { of: child, at: place }, item)
            }
            (operators::IN, None, [item, list]) => {
                let (left, item_kind) = self.expression(item)?;
                let (right, list_kind) = self.expression(list)?;
                let member = match &list_kind {
                    Kind::List(member) => member.as_ref().clone(),
                    Kind::Map(_) | Kind::Object(_) => Kind::Text,
                    Kind::Any | Kind::Null => Kind::Any,
                    other => {
                        let message = format!("`in` needs a list or a map, and this is {}", other.describe());
                        return Err(self.mistake(list, "", message, None));
                    }
                };
                self.comparable(at, &item_kind, &member)?;
                if let (Kind::Enum(values), Expr::List(constants)) = (&item_kind, &list.expr) {
                    for constant in &constants.elements {
                        self.allowed(constant, values)?;
                    }
                }
                self.push(Node::In(left, right), Kind::Bool)
            }
            (operators::OPT_INDEX | operators::OPT_SELECT, ..) => {
                Err(self.mistake(at, "", "optional syntax is not used here", Some("leave the `?` out".into())))
            }
            (_, None, [left, right]) if comparison(name).is_some() => {
                let what = comparison(name).unwrap_or(Comparison::Equal);
                let (a, left_kind) = self.expression(left)?;
                let (b, right_kind) = self.expression(right)?;
                self.comparable(at, &left_kind, &right_kind)?;
                for (kind, constant) in [(&left_kind, right), (&right_kind, left)] {
                    if let Kind::Enum(values) = kind {
                        self.allowed(constant, values)?;
                    }
                }
                let ordered = !matches!(what, Comparison::Equal | Comparison::NotEqual);
                if ordered {
                    for (kind, side) in [(&left_kind, left), (&right_kind, right)] {
                        let fits = matches!(kind, Kind::Number | Kind::Text | Kind::Enum(_) | Kind::Bool | Kind::Any);
                        if !fits {
                            let message =
                                format!("only numbers and texts have an order, and this is {}", kind.describe());
                            return Err(self.mistake(side, "", message, None));
                        }
                    }
                }
                self.push(Node::Compare(what, a, b), Kind::Bool)
            }
            (_, None, [left, right]) if arithmetic(name).is_some() => {
                let what = arithmetic(name).unwrap_or(Arithmetic::Add);
                let (a, left_kind) = self.expression(left)?;
                let (b, right_kind) = self.expression(right)?;
                let adds = |kind: &Kind| {
                    matches!(kind, Kind::Number | Kind::Any)
                        || what == Arithmetic::Add && matches!(kind, Kind::Text | Kind::Enum(_) | Kind::List(_))
                };
                for (kind, side) in [(&left_kind, left), (&right_kind, right)] {
                    if !adds(kind) {
                        return Err(self.mistake(
                            side,
                            "",
                            format!("{} can't be computed with", kind.describe()),
                            None,
                        ));
                    }
                }
                self.comparable(at, &left_kind, &right_kind)?;
                let kind = left_kind.join(right_kind);
                let kind = if matches!(kind, Kind::Enum(_)) { Kind::Text } else { kind };
                self.push(Node::Arithmetic(what, a, b), kind)
            }
            ("has", None, [tested]) => {
                let Expr::Select(select) = &tested.expr else {
                    let help = Some("write `has(x.field)`".into());
                    return Err(self.mistake(at, "has", "`has` takes the selection of a field", help));
                };
                let (of, kind) = self.expression(&select.operand)?;
                self.field_kind(tested, &kind, &select.field)?;
                let name = self.intern(&select.field);
                self.push(Node::Has { of, name }, Kind::Bool)
            }
            _ => {
                if let Some(target) = target
                    && let Some(what) = each(name, arguments.len())
                {
                    return self.each(what, target, arguments);
                }
                self.function(at, name, target, arguments)
            }
        }
    }

    fn comparable(&self, at: &IdedExpr, left: &Kind, right: &Kind) -> Result<(), Mistake> {
        if left.fits(right) {
            return Ok(());
        }
        let message = format!("{} and {} are never the same", left.describe(), right.describe());
        Err(self.mistake(at, "", message, None))
    }

    /// A constant that is compared with a field of a closed set has to be in the set.
    fn allowed(&self, constant: &IdedExpr, values: &[&str]) -> Result<(), Mistake> {
        let Expr::Literal(LiteralValue::String(text)) = &constant.expr else { return Ok(()) };
        let text = text.inner();
        if values.contains(&text) {
            return Ok(());
        }
        let known: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        let help = suggestion(text, &known).or_else(|| Some(format!("it is one of {}", known.join(", "))));
        Err(self.mistake(constant, text, format!("the field is never `{text}`"), help))
    }

    fn each(&mut self, what: Each, target: &IdedExpr, arguments: &[IdedExpr]) -> Lowered {
        let (mut list, kind) = self.expression(target)?;
        let item = match &kind {
            Kind::List(item) => item.as_ref().clone(),
            Kind::Map(_) | Kind::Object(_) => Kind::Text,
            Kind::Any | Kind::Null => Kind::Any,
            other => {
                let message = format!("this needs a list or a map, and it is {}", other.describe());
                return Err(self.mistake(target, "", message, None));
            }
        };
        let Some((Expr::Ident(variable), bodies)) = arguments.split_first().map(|(first, rest)| (&first.expr, rest))
        else {
            let message = "the first argument names the item: `list.all(item, condition)`";
            return Err(self.mistake(target, "", message, None));
        };
        let local = small(self.locals.len());
        let mut result = Kind::Any;
        for (position, body) in bodies.iter().enumerate() {
            // `map(x, condition, value)` filters first.
            let step = if bodies.len() == 2 && position == 0 { Each::Filter } else { what };
            self.locals.push((variable.clone(), item.clone()));
            self.most_locals = self.most_locals.max(self.locals.len());
            let lowered = self.expression(body);
            self.locals.pop();
            let (child, body_kind) = lowered?;
            if step != Each::Map {
                self.expect(body, &body_kind, &Kind::Bool, "the condition on the items")?;
            }
            result = match step {
                Each::All | Each::Exists | Each::ExistsOne => Kind::Bool,
                Each::Filter => Kind::List(Box::new(item.clone())),
                Each::Map => Kind::List(Box::new(body_kind)),
                Each::Count => Kind::Number,
            };
            list = self.push(Node::Each { what: step, list, local, body: child }, result.clone())?.0;
        }
        Ok((list, result))
    }

    fn function(&mut self, at: &IdedExpr, name: &str, target: Option<&IdedExpr>, arguments: &[IdedExpr]) -> Lowered {
        let Some(signature) = FUNCTIONS.iter().find(|signature| {
            signature.name == name && if target.is_some() { signature.method } else { signature.global }
        }) else {
            let known: Vec<String> = FUNCTIONS.iter().map(|signature| signature.name.to_owned()).collect();
            let help = match FUNCTIONS.iter().find(|signature| signature.name == name) {
                Some(signature) if signature.method => Some(format!("write `x.{name}(...)`")),
                Some(_) => Some(format!("write `{name}(x, ...)`")),
                None => suggestion(name, &known),
            };
            return Err(self.mistake(at, name, format!("there is no function `{name}` to call like this"), help));
        };
        let mut children = Vec::new();
        let mut kinds = Vec::new();
        for (position, argument) in target.into_iter().chain(arguments).enumerate() {
            let (child, kind) = self.expression(argument)?;
            if let Some(parameter) = parameter(signature, position)
                && !parameter.takes(&kind)
            {
                let message = format!("`{name}` takes {} here, and this is {}", parameter.describe(), kind.describe());
                return Err(self.mistake(argument, "", message, None));
            }
            children.push(child);
            kinds.push(kind);
        }
        let most = signature.parameters.len();
        let least = most - signature.optional;
        if children.len() < least || children.len() > most && !signature.variadic {
            return Err(self.mistake(at, name, format!("`{name}` takes {most} arguments"), None));
        }
        let mut result = signature.function.result(&kinds);
        if matches!(signature.function, Function::Min | Function::Max) && kinds.len() > 1 {
            result = kinds.into_iter().reduce(Kind::join).unwrap_or(Kind::Any);
        }
        let slice = self.slice(&children);
        self.push(Node::Call { function: signature.function, arguments: slice }, result)
    }
}

fn parameter(signature: &Signature, position: usize) -> Option<super::functions::Parameter> {
    let last = if signature.variadic { signature.parameters.last() } else { None };
    signature.parameters.get(position).or(last).copied()
}

fn each(name: &str, arguments: usize) -> Option<Each> {
    let what = Each::from_name(name)?;
    (arguments == 2 || arguments == 3 && what == Each::Map).then_some(what)
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        operators::ADD => Arithmetic::Add,
        operators::SUBSTRACT => Arithmetic::Subtract,
        operators::MULTIPLY => Arithmetic::Multiply,
        operators::DIVIDE => Arithmetic::Divide,
        operators::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}

/// Positions are bounded by [`MAX_NODES`] and the sizes of pages.
fn small(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
