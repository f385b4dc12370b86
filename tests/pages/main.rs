//! The built-in pages: their examples come out as they say, in every form of their language, and the set of pages is
//! in order.

mod derive;
mod fixes;
mod hygiene;

use dynalens::analysis::examples::{Heard, analyse, check};
use dynalens::policy::page::{Dialect, Example, Expectation, Page, SECTIONS, examples, sections};
use dynalens::policy::{Pack, Policy};

/// Each example of each page, with its place in the repository. `PAGE=name` looks at the pages of that name only.
fn all_examples(pack: &Pack) -> impl Iterator<Item = (&Page, Example, String)> {
    let only = std::env::var("PAGE").unwrap_or_default();
    pack.iter().filter(move |page| page.name.contains(&only)).flat_map(|policy| {
        let page: &Page = policy;
        examples(&page.text, &mut Vec::new()).into_iter().map(move |example| {
            let line = page.text[..example.start].lines().count() + 1;
            let place = format!("policies/{}/{}.md:{line}: {}", page.pillar, page.name, example.title);
            (page, example, place)
        })
    })
}

#[test]
fn every_example_comes_out_as_its_page_says() {
    let pack = Pack::built_in();
    let mut wrong = Vec::new();
    for (page, example, place) in all_examples(&pack) {
        let heard = analyse(&example, page, &pack);
        wrong.extend(check(&example, &heard).iter().map(|one| format!("{place}: {one}")));
    }
    assert!(wrong.is_empty(), "{} things do not come out:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is said, without places.
fn said(heard: &Heard) -> (Vec<String>, bool) {
    let mut findings: Vec<String> =
        heard.findings.iter().map(|found| format!("{} when {:?}", found.message, found.case)).collect();
    findings.sort();
    (findings, heard.undetermined.is_empty())
}

#[test]
fn every_example_says_the_same_in_json() {
    let pack = Pack::built_in();
    let mut wrong = Vec::new();
    let (mut derived, mut all) = (0, 0);
    for (page, example, place) in all_examples(&pack) {
        all += 1;
        let Some(in_json) = derive::in_json(&example) else { continue };
        derived += 1;
        let (here, there) = (analyse(&example, page, &pack), analyse(&in_json, page, &pack));
        if said(&here) != said(&there) || !there.problems.is_empty() {
            let text = &in_json.files[0].text;
            wrong.push(format!(
                "{place}: {:?} is in JSON {:?} {:?}\n{text}",
                said(&here),
                said(&there),
                there.problems
            ));
        }
        for found in &there.findings {
            if found.text.is_empty() {
                wrong.push(format!("{place}: a finding in JSON stands on nothing"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(derived * 10 >= all * 9, "only {derived} of {all} examples have a form in JSON");
}

#[test]
fn pages_are_sorted_and_complete() {
    let pack = Pack::built_in();
    let names: Vec<&str> = pack.iter().map(|page| page.name.as_ref()).collect();
    assert!(names.is_sorted(), "{names:?}");
    assert!(names.len() >= 35, "there are {} pages", names.len());
    for page in pack.iter() {
        assert!(matches!(page, Policy::BuiltIn(_)));
        let titles: Vec<&str> = sections(&page.text).iter().map(|section| section.title).collect();
        let wanted: Vec<&str> =
            SECTIONS.iter().copied().filter(|title| *title != "Options" || !page.options.is_empty()).collect();
        assert_eq!(titles, wanted, "{}", page.name);
        let name = &page.name;
        assert!(
            name.chars()
                .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'),
            "{name}"
        );
        for other in page.gives_way_to.iter() {
            assert!(pack.get(other).is_some(), "{name} gives way to `{other}`, which is no policy");
        }
    }
}

#[test]
fn every_page_fails_and_passes_in_each_of_its_languages() {
    let pack = Pack::built_in();
    for page in pack.iter() {
        let list = examples(&page.text, &mut Vec::new());
        let languages = page.dialects();
        assert!(languages.contains(&Dialect::CloudFormation) || languages.contains(&Dialect::Terraform));
        for dialect in languages {
            for expectation in [Expectation::Fails, Expectation::Passes] {
                assert!(
                    list.iter().any(|example| example.dialect == dialect && example.expectation == expectation),
                    "{} has no example in {} that {expectation:?}",
                    page.name,
                    dialect.name()
                );
            }
        }
    }
}

#[test]
fn a_name_or_an_identifier_of_another_tool_finds_its_policies() {
    let pack = Pack::built_in();
    let found: Vec<&str> = pack.find("ckv_aws_28").iter().map(|page| page.name.as_ref()).collect();
    assert_eq!(found, ["point-in-time-recovery-disabled"]);
    assert!(pack.find("E3639").iter().any(|page| page.name == "provisioned-without-capacity"));
    assert!(pack.find("no-such-thing").is_empty());
    assert_eq!(pack.suggest("point-in-time-recovery-disable"), Some("point-in-time-recovery-disabled"));
}
