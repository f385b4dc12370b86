//! What is known of an expression's type before it is evaluated.

use crate::model::schema::{Field, SUBJECTS, Subject, Type};

/// The type of an expression as far as the checker follows it. Any value may be absent, so `null` fits everywhere.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Any,
    Null,
    Bool,
    Number,
    Text,
    /// A text out of a closed set.
    Enum(&'static [&'static str]),
    List(Box<Kind>),
    /// From text to values of one kind.
    Map(Box<Kind>),
    /// A group of fields of the model.
    Object(&'static [Field]),
    /// An entity of one of some subjects.
    Entity(Vec<Subject>),
    Project,
    /// The page's options with their types.
    Options(Vec<(String, Kind)>),
}

/// Fields that every entity has beside those of its schema.
pub const COMMON_FIELDS: &[(&str, Kind)] = &[
    // The resource's address in the source.
    ("address", Kind::Text),
    // The resource type in its language: `AWS::DynamoDB::Table`.
    ("resource_type", Kind::Text),
    // What people call it; always known.
    ("label", Kind::Text),
    // The name of its subject: `table`.
    ("subject", Kind::Text),
];

/// What `project` has beside a list of each subject (`project.tables`).
pub const PROJECT_FIELDS: &[(&str, Kind)] = &[
    ("language", Kind::Enum(&["cloudformation", "sam", "terraform"])),
    ("region", Kind::Text),
    ("account", Kind::Text),
    ("closed_world", Kind::Bool),
];

/// The name of all entities of a subject in `project`: `tables`, `indexes`, `scaling_policies`.
#[must_use]
pub fn plural(subject: Subject) -> String {
    let name = subject.name();
    if let Some(stem) = name.strip_suffix('y')
        && !stem.ends_with(['a', 'e', 'o'])
    {
        return format!("{stem}ies");
    }
    if name.ends_with('x') { format!("{name}es") } else { format!("{name}s") }
}

impl Kind {
    #[must_use]
    pub fn of(ty: &Type) -> Self {
        match ty {
            Type::Bool => Self::Bool,
            Type::Integer | Type::Number => Self::Number,
            Type::String => Self::Text,
            Type::Enum(values) => Self::Enum(values),
            Type::List(item) => Self::List(Box::new(Self::of(item))),
            Type::Map(value) => Self::Map(Box::new(Self::of(value))),
            Type::Object(fields) => Self::Object(fields),
            Type::Link(subject) => Self::Entity(vec![*subject]),
            Type::Any => Self::Any,
        }
    }

    /// The kind of an option's type as pages write it: `integer`, `list(string)`, `map(list(string))`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let inner = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        match text {
            "bool" => Some(Self::Bool),
            "integer" | "number" => Some(Self::Number),
            "string" => Some(Self::Text),
            "any" => Some(Self::Any),
            _ => match (inner("list"), inner("map")) {
                (Some(item), _) => Some(Self::List(Box::new(Self::parse(item)?))),
                (_, Some(value)) => Some(Self::Map(Box::new(Self::parse(value)?))),
                _ => None,
            },
        }
    }

    /// How messages call it.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Any => "anything".into(),
            Self::Null => "null".into(),
            Self::Bool => "a bool".into(),
            Self::Number => "a number".into(),
            Self::Text | Self::Enum(_) => "a text".into(),
            Self::List(_) => "a list".into(),
            Self::Map(_) => "a map".into(),
            Self::Object(_) => "a group of fields".into(),
            Self::Entity(subjects) => match subjects.as_slice() {
                [one] => format!("a {}", one.name()),
                _ => "an entity".into(),
            },
            Self::Project => "the project".into(),
            Self::Options(_) => "the options".into(),
        }
    }

    /// Whether a value of one kind can be what the other expects; lenient wherever a type is not followed.
    #[must_use]
    pub fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any | Self::Null, _) | (_, Self::Any | Self::Null) => true,
            (Self::Text | Self::Enum(_), Self::Text | Self::Enum(_)) => true,
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => a.fits(b),
            (Self::Map(_), Self::Object(_)) | (Self::Object(_), Self::Map(_)) => true,
            (Self::Entity(a), Self::Entity(b)) => a.iter().any(|subject| b.contains(subject)),
            (a, b) => a == b,
        }
    }

    /// What both kinds are: the kind of `condition ? a : b` and of a list's items.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, kind) | (kind, Self::Null) => kind,
            (a, b) if a == b => a,
            (Self::Text | Self::Enum(_), Self::Text | Self::Enum(_)) => Self::Text,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.join(*b))),
            (Self::Entity(mut a), Self::Entity(b)) => {
                for subject in b {
                    if !a.contains(&subject) {
                        a.push(subject);
                    }
                }
                Self::Entity(a)
            }
            _ => Self::Any,
        }
    }

    /// The kind of a field.
    ///
    /// # Errors
    /// The names that there are, where there is no such field; empty where the kind has no fields at all.
    pub fn field(&self, name: &str) -> Result<Self, Vec<String>> {
        match self {
            Self::Any | Self::Null => Ok(Self::Any),
            Self::Map(value) => Ok(value.as_ref().clone()),
            Self::Object(fields) => match fields.iter().find(|field| field.name == name) {
                Some(field) => Ok(Self::of(&field.ty)),
                None => Err(fields.iter().map(|field| field.name.to_owned()).collect()),
            },
            Self::Options(options) => match options.iter().find(|(known, _)| known == name) {
                Some((_, kind)) => Ok(kind.clone()),
                None => Err(options.iter().map(|(known, _)| known.clone()).collect()),
            },
            Self::Project => {
                if let Some((_, kind)) = PROJECT_FIELDS.iter().find(|(known, _)| *known == name) {
                    return Ok(kind.clone());
                }
                match Subject::ALL.iter().find(|(subject, _)| plural(*subject) == name) {
                    Some((subject, _)) => Ok(Self::List(Box::new(Self::Entity(vec![*subject])))),
                    None => {
                        let fixed = PROJECT_FIELDS.iter().map(|(known, _)| (*known).to_owned());
                        Err(fixed.chain(Subject::ALL.iter().map(|(subject, _)| plural(*subject))).collect())
                    }
                }
            }
            Self::Entity(subjects) => entity_field(subjects, name),
            _ => Err(Vec::new()),
        }
    }
}

/// The field of an entity that may be of several subjects: each of them has to have it.
fn entity_field(subjects: &[Subject], name: &str) -> Result<Kind, Vec<String>> {
    let mut joined: Option<Kind> = None;
    for subject in subjects {
        let fields = SUBJECTS.iter().find(|schema| schema.subject == *subject).map_or(&[][..], |schema| schema.fields);
        let common = COMMON_FIELDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| kind.clone());
        let own = fields.iter().find(|field| field.name == name).map(|field| Kind::of(&field.ty));
        let Some(kind) = own.or(common) else {
            let common = COMMON_FIELDS.iter().map(|(known, _)| (*known).to_owned());
            return Err(fields.iter().map(|field| field.name.to_owned()).chain(common).collect());
        };
        joined = Some(match joined {
            Some(before) => before.join(kind),
            None => kind,
        });
    }
    Ok(joined.unwrap_or(Kind::Any))
}
