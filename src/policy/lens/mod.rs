//! The questions and choices of the DynamoDB Well-Architected Lens, and which of our policies judge them.
//!
//! `questions.json` names each question and choice of the Lens by its id, says in a few words what it is about and how
//! much of it code can show, and why people have to answer what it can't. Takes a pack of policies, gives the
//! coverage: for each choice the policies whose pages name it.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Pack, Policy};

/// One pillar of the Lens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pillar {
    pub id: String,
    pub name: String,
    pub questions: Vec<Question>,
}

/// One question with the choices among which a team ticks what it does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub id: String,
    /// What is asked, in our words.
    pub about: String,
    pub choices: Vec<Choice>,
}

/// One choice of a question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// `DDBREL1_1`.
    pub id: String,
    /// What it is about, in a few words.
    pub about: String,
    pub from_code: FromCode,
    /// Why people have to answer it, where no policy can.
    pub people: Option<String>,
}

/// How much of a choice infrastructure code shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromCode {
    /// All of it.
    Whole,
    /// All of it, where nothing lives outside the analysed files (`--closed-world`).
    ClosedWorld,
    /// A part; the rest is known to people.
    Part,
    None,
}

impl FromCode {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::ClosedWorld => "closed-world",
            Self::Part => "part",
            Self::None => "none",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    pillars: Vec<Pillar>,
}

static PILLARS: LazyLock<Vec<Pillar>> = LazyLock::new(|| {
    let text = include_str!("questions.json");
    // A test reads the document, so it can't be wrong in a build that passes.
    serde_json::from_str::<Document>(text).map_or_else(|_| Vec::new(), |document| document.pillars)
});

/// The pillars of the Lens, in its order.
#[must_use]
pub fn pillars() -> &'static [Pillar] {
    &PILLARS
}

/// All choices with their questions, in the order of the Lens.
pub fn choices() -> impl Iterator<Item = (&'static Question, &'static Choice)> {
    pillars()
        .iter()
        .flat_map(|pillar| &pillar.questions)
        .flat_map(|question| question.choices.iter().map(move |choice| (question, choice)))
}

/// The policies of a pack that judge a choice, by name.
pub fn judges<'p>(pack: &'p Pack, choice: &str) -> impl Iterator<Item = &'p Policy> {
    pack.iter().filter(move |policy| policy.lens.iter().any(|id| id == choice))
}

/// Why people answer a choice, or the rest of it that policies leave; nothing where code shows all of it.
#[must_use]
pub fn left_to_people(choice: &Choice) -> Option<&str> {
    match (&choice.people, choice.from_code) {
        (Some(why), _) => Some(why),
        (None, FromCode::Part) => {
            Some("The policies judge what code shows; whether it fits the workload is known to people.")
        }
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn all_questions_and_choices_of_the_lens_are_there_once() {
        assert_eq!(pillars().len(), 6);
        let questions: Vec<&str> =
            pillars().iter().flat_map(|pillar| &pillar.questions).map(|question| question.id.as_str()).collect();
        assert_eq!(questions.len(), 48);
        let ids: BTreeSet<&str> = choices().map(|(_, choice)| choice.id.as_str()).collect();
        assert_eq!((ids.len(), choices().count()), (130, 130));
        for (question, choice) in choices() {
            let number = choice.id.strip_prefix(&question.id).and_then(|rest| rest.strip_prefix('_'));
            assert!(number.is_some_and(|number| number.parse::<u8>().is_ok()), "{}", choice.id);
        }
    }

    #[test]
    fn pages_name_choices_that_there_are() {
        let ids: BTreeSet<&str> = choices().map(|(_, choice)| choice.id.as_str()).collect();
        for policy in Pack::built_in().iter() {
            for id in policy.lens.iter() {
                assert!(ids.contains(id.as_ref()), "{} names `{id}`, which the Lens does not have", policy.name);
            }
        }
    }

    #[test]
    fn each_choice_has_policies_or_a_reason_why_people_answer_it() {
        let pack = Pack::built_in();
        let mut lacking = Vec::new();
        for (_, choice) in choices() {
            let judged = judges(&pack, &choice.id).next().is_some();
            let people = choice.people.is_some();
            if !people && (!judged || choice.from_code == FromCode::None) {
                lacking.push(choice.id.as_str());
            }
        }
        assert!(lacking.is_empty(), "{lacking:?} have neither policies nor a reason");
    }
}
