//! `dynalens policies --lens`: which policies judge which questions of the Lens.

use std::io::{self, Write};

use serde::Serialize;

use crate::policy::Pack;
use crate::policy::lens::{Choice, judges, left_to_people, pillars};
use crate::report::human::Look;

/// What the numbers at the end count.
#[derive(Default)]
struct Counts {
    questions: usize,
    choices: usize,
    judged: usize,
}

fn names<'p>(pack: &'p Pack, choice: &Choice) -> Vec<&'p str> {
    judges(pack, &choice.id).map(|policy| policy.name.as_ref()).collect()
}

fn count(pack: &Pack) -> Counts {
    let mut counts = Counts::default();
    for question in pillars().iter().flat_map(|pillar| &pillar.questions) {
        counts.questions += 1;
        counts.choices += question.choices.len();
        counts.judged += question.choices.iter().filter(|choice| !names(pack, choice).is_empty()).count();
    }
    counts
}

fn summary(pack: &Pack) -> String {
    let Counts { questions, choices, judged } = count(pack);
    format!(
        "{questions} questions, {choices} choices: {judged} have policies that judge them or a part of them, {} are for people alone",
        choices - judged
    )
}

/// Each question with its choices; policies below the choices that they judge.
///
/// # Errors
/// Those of the writer.
pub fn human(pack: &Pack, look: Look, out: &mut dyn Write) -> io::Result<()> {
    let (bold, dim, reset) = if look.color { ("\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m") } else { ("", "", "") };
    for pillar in pillars() {
        writeln!(out, "{bold}{}{reset}", pillar.name)?;
        for question in &pillar.questions {
            writeln!(out, "\n  {bold}{}{reset}  {}", question.id, question.about)?;
            for choice in &question.choices {
                writeln!(out, "    {}  {}", choice.id, choice.about)?;
                for name in names(pack, choice) {
                    writeln!(out, "      {name}")?;
                }
                if let Some(why) = left_to_people(choice) {
                    writeln!(out, "      {dim}{why}{reset}")?;
                }
            }
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(pack))
}

/// A table for each pillar.
///
/// # Errors
/// Those of the writer.
pub fn markdown(pack: &Pack, out: &mut dyn Write) -> io::Result<()> {
    for pillar in pillars() {
        writeln!(out, "## {}\n", pillar.name)?;
        for question in &pillar.questions {
            writeln!(out, "### {}: {}\n", question.id, question.about)?;
            writeln!(out, "| choice | about | policies | left to people |\n|---|---|---|---|")?;
            for choice in &question.choices {
                let names: Vec<String> = names(pack, choice).iter().map(|name| format!("`{name}`")).collect();
                let why = left_to_people(choice).unwrap_or_default();
                writeln!(out, "| {} | {} | {} | {why} |", choice.id, choice.about, names.join(", "))?;
            }
            writeln!(out)?;
        }
    }
    writeln!(out, "{}.", summary(pack))
}

/// The whole table for programs.
///
/// # Errors
/// Those of the writer.
pub fn json(pack: &Pack, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Table<'a> {
        version: u32,
        pillars: Vec<PillarForm<'a>>,
        summary: Summary,
    }
    #[derive(Serialize)]
    struct Summary {
        questions: usize,
        choices: usize,
        judged: usize,
    }
    #[derive(Serialize)]
    struct PillarForm<'a> {
        id: &'a str,
        name: &'a str,
        questions: Vec<QuestionForm<'a>>,
    }
    #[derive(Serialize)]
    struct QuestionForm<'a> {
        id: &'a str,
        about: &'a str,
        choices: Vec<ChoiceForm<'a>>,
    }
    #[derive(Serialize)]
    struct ChoiceForm<'a> {
        id: &'a str,
        about: &'a str,
        from_code: &'static str,
        policies: Vec<&'a str>,
        left_to_people: Option<&'a str>,
    }
    let choice = |choice: &'static Choice| ChoiceForm {
        id: &choice.id,
        about: &choice.about,
        from_code: choice.from_code.name(),
        policies: names(pack, choice),
        left_to_people: left_to_people(choice),
    };
    let pillars = pillars()
        .iter()
        .map(|pillar| PillarForm {
            id: &pillar.id,
            name: &pillar.name,
            questions: pillar
                .questions
                .iter()
                .map(|question| QuestionForm {
                    id: &question.id,
                    about: &question.about,
                    choices: question.choices.iter().map(choice).collect(),
                })
                .collect(),
        })
        .collect();
    let Counts { questions, choices, judged } = count(pack);
    let table = Table { version: 1, pillars, summary: Summary { questions, choices, judged } };
    serde_json::to_writer_pretty(&mut *out, &table)?;
    out.write_all(b"\n")
}
