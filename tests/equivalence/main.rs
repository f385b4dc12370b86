//! The same project says the same in every language: random projects are written in CloudFormation, SAM and Terraform,
//! in both syntaxes of each, and judged by all policies. Their fixes are held against what they say (`fixing`).

mod coverage;
mod differences;
mod entropy;
mod fixing;
mod generate;
mod project;
mod said;
mod template;
mod terraform;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use differences::{compared, compared_globally};
use project::Project;
use said::{Language, Said, said};

/// The project in every language and syntax.
fn written(project: &Project) -> Vec<(Language, &'static str, String)> {
    let cloudformation = template::json(project, false);
    let sam = template::json(project, true);
    vec![
        (Language::CloudFormation, "template.yaml", template::yaml(&cloudformation)),
        (Language::CloudFormation, "template.json", format!("{cloudformation:#}")),
        (Language::Sam, "template.yaml", template::yaml(&sam)),
        (Language::Terraform, "main.tf", terraform::hcl(project)),
        (Language::Terraform, "main.tf.json", format!("{:#}", terraform::json(project))),
    ]
}

/// Bytes for so many projects, of every kind by turns, the same in every run.
fn fixed_bytes(count: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    (0..count).map(move |number| {
        let mut bytes = vec![u8::try_from(number / generate::KINDS % 2).unwrap_or(0)];
        bytes.push(u8::try_from(number % generate::KINDS).unwrap_or(0));
        for _ in 0..(40 + number * 7 % 220) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.push(u8::try_from(state >> 24 & 0xff).unwrap_or(0));
        }
        bytes
    })
}

/// What differs between the languages; nothing where all is well. The policies that failed are added to `failed`.
fn difference(project: &Project, failed: &mut BTreeSet<String>) -> Option<String> {
    let written = written(project);
    let mut all: Vec<Vec<Said>> = Vec::new();
    for (_, file, source) in &written {
        match said(project, file, source) {
            Ok(said) => all.push(said),
            Err(problem) => return Some(format!("{file}: {problem}\n{source}")),
        }
    }
    failed.extend(all.iter().flatten().filter(|one| one.verdict == "fail").map(|one| one.policy.clone()));
    let (base, before, earlier) = &written[0];
    for ((language, file, source), said) in written.iter().zip(&all).skip(1) {
        let only = |these: &[Said], those: &[Said]| {
            let compared = |name: &str| {
                compared(name, *base, *language) && !(project.global && !compared_globally(name) && base != language)
            };
            let lacking = these.iter().filter(|one| !those.contains(one) && compared(&one.policy));
            lacking.map(|one| format!("  {one}")).collect::<Vec<_>>().join("\n")
        };
        let (here, there) = (only(&all[0], said), only(said, &all[0]));
        if !here.is_empty() || !there.is_empty() {
            return Some(format!(
                "{before} alone says\n{here}\n{file} ({language:?}) alone says\n{there}\n\n{earlier}\n{source}"
            ));
        }
    }
    None
}

/// The same projects in every run, so that a change is never blamed for a difference that it did not make; a seed in
/// `PROPTEST_RNG_SEED` looks at others.
fn seed() -> RngSeed {
    let own = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|seed| seed.parse().ok());
    RngSeed::Fixed(own.unwrap_or(1))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, rng_seed: seed(), ..ProptestConfig::default() })]

    #[test]
    fn a_project_says_the_same_in_every_language(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let project = generate::project(&bytes);
        if let Some(difference) = difference(&project, &mut BTreeSet::new()) {
            prop_assert!(false, "{difference}");
        }
    }
}

/// The same over projects of every kind that are the same in every run, among which each policy fails that can.
#[test]
fn projects_of_every_kind_say_the_same_and_make_each_policy_fail() {
    let mut failed = BTreeSet::new();
    for (number, bytes) in fixed_bytes(coverage::PROJECTS).enumerate() {
        let project = generate::project(&bytes);
        if let Some(difference) = difference(&project, &mut failed) {
            panic!("project {number}: {difference}");
        }
    }
    let complaints = coverage::complaints(&failed);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
