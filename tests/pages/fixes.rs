//! The fixes of the pages: each is applied to every failing example, in every form of its language.

use dynalens::analysis::examples::{Found, Heard, analyse_by_all, mended};
use dynalens::policy::Pack;
use dynalens::policy::page::{Dialect, Example, Expectation, Page};

use super::{all_examples, derive};

/// How often a policy fails at each resource.
fn counts(heard: &Heard) -> Vec<(String, String, usize)> {
    let mut all: Vec<(String, String, usize)> = Vec::new();
    for found in &heard.findings {
        match all.iter_mut().find(|(policy, address, _)| *policy == found.policy && *address == found.address) {
            Some((_, _, count)) => *count += 1,
            None => all.push((found.policy.clone(), found.address.clone(), 1)),
        }
    }
    all
}

fn count(heard: &Heard, found: &Found) -> usize {
    heard.findings.iter().filter(|other| other.policy == found.policy && other.address == found.address).count()
}

/// What is wrong with the fix of one finding.
fn judge(example: &Example, page: &Page, pack: &Pack, before: &Heard, found: &Found) -> Vec<String> {
    let Some(fix) = &found.fix else { return Vec::new() };
    let Some(after) = mended(example, fix) else { return vec![format!("the edits do not fit: {fix:?}")] };
    let text = after.files.iter().map(|file| file.text.as_str()).collect::<Vec<_>>().join("\n");
    let heard = analyse_by_all(&after, page, pack);
    let mut wrong = Vec::new();
    if heard.problems != before.problems {
        wrong.push(format!("there are errors now: {:?}\n{text}", heard.problems));
    }
    if count(&heard, found) >= count(before, found) {
        wrong.push(format!("the finding is still there ({})\n{text}", fix.title));
    }
    for (policy, address, number) in counts(&heard) {
        let earlier = before.findings.iter().filter(|one| one.policy == policy && one.address == address).count();
        if number > earlier && !fix.leads_to.contains(&policy) {
            wrong.push(format!("there is a new finding of {policy} at {address}\n{text}"));
        }
    }
    wrong
}

/// Where the catalogue has no fix in one of a policy's languages, or the page shows the fix elsewhere.
const NO_FIX: &[(&str, Dialect)] = &[
    // A simple table has no such setting.
    ("deletion-protection-disabled", Dialect::Sam),
    // Terraform takes equal blocks for one.
    ("duplicate-attribute-definition", Dialect::Terraform),
    // What stands in an encoded text is not taken out of it.
    ("retries-switched-off", Dialect::Terraform),
    // A table of Terraform's needs its name.
    ("explicit-table-name", Dialect::Terraform),
];

/// Policies that mend what they find, in every language that they speak about and in both of its forms.
const FIXABLE: &str = include_str!("fixable.txt");

#[test]
fn every_fix_mends_its_finding_and_nothing_new_comes() {
    let pack = Pack::built_in();
    let mut wrong = Vec::new();
    let mut mended: Vec<(String, Dialect, bool, usize)> = Vec::new();
    for (page, example, place) in all_examples(&pack) {
        if page.fixes.is_empty() || example.expectation != Expectation::Fails {
            continue;
        }
        for (json, example) in [(false, Some(example.clone())), (true, derive::in_json(&example))] {
            let Some(example) = example else { continue };
            let before = analyse_by_all(&example, page, &pack);
            let own: Vec<&Found> = before.findings.iter().filter(|found| found.policy == page.name).collect();
            let fixed = own.iter().filter(|found| found.fix.is_some()).count();
            let form = if json { " in JSON" } else { "" };
            for found in &own {
                let complaints = judge(&example, page, &pack, &before, found);
                wrong.extend(complaints.iter().map(|one| format!("{place}{form}: {one}")));
            }
            let key = (page.name.to_string(), example.dialect, json);
            match mended.iter_mut().find(|one| (one.0.clone(), one.1, one.2) == key) {
                Some(known) => {
                    known.3 += fixed;
                }
                None => mended.push((key.0, key.1, key.2, fixed)),
            }
        }
    }
    if std::env::var_os("PAGE").is_none() {
        let listed: Vec<&str> = FIXABLE.lines().collect();
        assert!(listed.is_sorted(), "the list is sorted");
        for name in &listed {
            let forms: Vec<_> = mended.iter().filter(|one| one.0 == *name).collect();
            if forms.is_empty() {
                wrong.push(format!("{name}: its page has no fix"));
            }
            for (_, dialect, ..) in
                forms.iter().filter(|one| !one.2 && !forms.iter().any(|form| form.1 == one.1 && form.2))
            {
                wrong.push(format!(
                    "{name}: no example in {dialect:?} has a form in JSON, so the fix is not tried there"
                ));
            }
        }
        let unlisted = |name: &String| !listed.contains(&name.as_str());
        wrong.extend(
            mended.iter().map(|one| &one.0).filter(|name| unlisted(name)).map(|name| format!("{name} is not listed")),
        );
    }
    for (name, dialect, json, fixed) in &mended {
        if *fixed == 0 && !NO_FIX.contains(&(name.as_str(), *dialect)) {
            wrong.push(format!("{name}: no failing example in {dialect:?} (JSON: {json}) has a fix"));
        }
    }
    assert!(wrong.is_empty(), "{} fixes are wrong:\n{}", wrong.len(), wrong.join("\n"));
}
