//! Random projects. Everything that is decided here is decided once and written into every language: an attribute is
//! given with its place in each of them.

mod access;
mod dax;
mod global;
mod network;
mod scaling;
mod streams;
mod table;

use super::entropy::Entropy;
use super::project::{Case, Form, Input, Kind, Project, Resource, Setting, text};

/// How many kinds of projects there are; the second byte chooses one.
pub const KINDS: usize = 20;

pub struct Generator<'a> {
    entropy: Entropy<'a>,
    project: Project,
    /// Tables get a stream, because something reads it.
    streams: bool,
}

/// A resource while its attributes are decided.
pub struct Pair {
    pub cloudformation: Form,
    pub terraform: Form,
}

/// The project that some bytes stand for.
pub fn project(bytes: &[u8]) -> Project {
    let mut generator = Generator { entropy: Entropy::new(bytes), project: Project::default(), streams: false };
    generator.project();
    generator.project
}

impl Pair {
    pub fn new(cloudformation: &'static str, terraform: &'static str) -> Self {
        Self { cloudformation: Form::new(cloudformation), terraform: Form::new(terraform) }
    }

    /// Sets an attribute in both languages; an empty way is left out.
    pub fn put(&mut self, cloudformation: &str, terraform: &str, setting: &Setting) {
        for (form, way) in [(&mut self.cloudformation, cloudformation), (&mut self.terraform, terraform)] {
            if !way.is_empty() {
                form.put(way, setting.clone());
            }
        }
    }
}

impl Generator<'_> {
    fn project(&mut self) {
        self.project.options = self.entropy.once_in(2);
        match self.entropy.below(KINDS) {
            0..=3 => {
                let tables = 1 + self.entropy.below(2);
                for number in 0..tables {
                    self.table(number);
                }
            }
            4 => self.crowded_table(),
            5 | 6 => self.clusters(),
            7 => {
                self.table(0);
                self.clusters();
            }
            8 | 9 => self.with_table(true, Self::consumer),
            10 | 11 => self.with_table(false, Self::alarm),
            12 | 13 => self.with_table(false, Self::backup),
            14 => self.with_table(false, Self::export),
            15 | 16 => self.access(),
            17 | 18 => self.global_table(),
            _ => self.networks(),
        }
    }

    /// The case in which something holds; the project has the input for it.
    fn case(&mut self) -> Case {
        let (name, equals, kind) =
            if self.entropy.once_in(3) { ("Flag", "true", Kind::Bool) } else { ("Stage", "prod", Kind::Text) };
        if !self.project.inputs.iter().any(|input| input.name == name) {
            let default = if name == "Stage" && self.entropy.once_in(2) { Some(text("dev")) } else { None };
            let allowed = if name == "Stage" { vec!["prod".to_owned(), "dev".to_owned()] } else { Vec::new() };
            self.project.inputs.push(Input { name: name.to_owned(), kind, default, allowed });
        }
        Case { input: name.to_owned(), equals: equals.to_owned() }
    }

    fn input(&mut self, like: &Setting, default: Option<Setting>) -> Setting {
        let kind = match like {
            Setting::Int(_) => Kind::Number,
            Setting::Bool(_) => Kind::Bool,
            _ => Kind::Text,
        };
        let name = format!("Input{}", self.project.inputs.len());
        self.project.inputs.push(Input { name: name.clone(), kind, default, allowed: Vec::new() });
        Setting::Input(name)
    }

    /// Nothing, one of the values, or one of them in some cases, through an input, unknown.
    fn setting(&mut self, values: &[Setting]) -> Option<Setting> {
        match self.entropy.below(12) {
            0..=3 => None,
            4..=7 => Some(self.literal(values)),
            other => Some(self.indirect(other, values, true)),
        }
    }

    /// As [`Self::setting`], of something that has to be there.
    fn required(&mut self, values: &[Setting]) -> Setting {
        match self.entropy.below(12) {
            0..=7 => self.literal(values),
            other => self.indirect(other, values, false),
        }
    }

    fn literal(&mut self, values: &[Setting]) -> Setting {
        let value = self.entropy.one_of(values);
        match value {
            // The service reads these as what they stand for.
            Setting::Bool(truth) if self.entropy.once_in(8) => Setting::Text(truth.to_string()),
            Setting::Int(number) if self.entropy.once_in(8) => Setting::Text(number.to_string()),
            other => other,
        }
    }

    fn indirect(&mut self, way: usize, values: &[Setting], may_lack: bool) -> Setting {
        let value = self.entropy.one_of(values);
        match way {
            8 | 9 => {
                let case = self.case();
                let other = self.entropy.one_of(values);
                let other = if may_lack && self.entropy.once_in(2) { None } else { Some(Box::new(other)) };
                Setting::When(case, Box::new(value), other)
            }
            10 => self.input(&value.clone(), Some(value)),
            _ => self.input(&value, None),
        }
    }

    /// A setting in both languages.
    fn both(&mut self, pair: &mut Pair, cloudformation: &str, terraform: &str, values: &[Setting]) {
        if let Some(setting) = self.setting(values) {
            pair.put(cloudformation, terraform, &setting);
        }
    }

    /// Tags: a list of pairs in CloudFormation, a map in Terraform.
    fn tags(&mut self) -> Option<(Setting, Setting)> {
        if !self.entropy.once_in(2) {
            return None;
        }
        let keys = ["owner", "environment", "workload", "cost-center", "aws:x"];
        let count = self.entropy.below(6);
        let mut pairs = Vec::new();
        for key in &keys[..count] {
            let value = if *key == "workload" {
                text(self.entropy.one_of(&["steady", "spiky", "unpredictable"]))
            } else {
                self.required(&[text("orders-team"), text("prod"), text("dev"), text("steady"), text("")])
            };
            pairs.push(((*key).to_owned(), value));
        }
        let list = pairs
            .iter()
            .map(|(key, value)| Setting::Map(vec![("Key".into(), text(key)), ("Value".into(), value.clone())]))
            .collect();
        Some((Setting::List(list), Setting::Map(pairs)))
    }

    fn add(&mut self, label: &str, exists: Option<Case>, pair: Pair) {
        self.project.resources.push(Resource {
            label: label.to_owned(),
            exists,
            cloudformation: Some(pair.cloudformation),
            sam: None,
            terraform: Some(pair.terraform),
        });
    }

    /// A resource that only Terraform has: what CloudFormation writes into another one.
    fn add_terraform(&mut self, label: &str, exists: Option<Case>, form: Form) {
        self.project.resources.push(Resource {
            label: label.to_owned(),
            exists,
            cloudformation: None,
            sam: None,
            terraform: Some(form),
        });
    }
}

pub fn texts(list: &[&str]) -> Vec<Setting> {
    list.iter().map(|one| text(one)).collect()
}

pub fn ints(list: &[i64]) -> Vec<Setting> {
    list.iter().copied().map(Setting::Int).collect()
}

pub const BOOLS: &[Setting] = &[Setting::Bool(true), Setting::Bool(false)];

/// An attribute of another resource.
pub fn of(label: &str, cloudformation: Option<&'static str>, terraform: &'static str) -> Setting {
    Setting::Of { label: label.to_owned(), cloudformation, terraform }
}
