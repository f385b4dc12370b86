//! What each page shows: a value that comes through an input, one that is unknown, and a case in which alone it fails.
//! The pages that can't show one of these are listed with the reason.

use dynalens::policy::Pack;
use dynalens::policy::page::{Example, Expectation, Page, examples};

/// Pages without an undetermined example, and why there is none.
const NEVER_UNDETERMINED: &[(&str, &str)] = &[
    ("api-with-old-tls", "a policy of a domain that is not known passes"),
    ("billing-mode-implicit", "whether a mode is written is known without its value"),
    ("dax-cluster-without-clients", "a reference to the cluster is there or not"),
    ("dax-zones-hard-coded", "what is not known is not written out"),
    ("duplicate-index-name", "names that are unknown in different ways are not compared"),
    ("duplicate-replica-region", "Regions that are unknown in different ways are not compared"),
    ("explicit-table-name", "whether a name is written is known without its value"),
    ("invalid-name", "the known characters of a partly known name are judged"),
    ("kinesis-destination-without-consumer", "a stream from elsewhere is not judged, and readers are there or not"),
    ("legacy-global-table", "the resource itself is what is wrong"),
    ("local-index-in-use", "the index itself is what is wrong"),
    ("replica-settings-differ", "settings that are not known are not compared"),
    ("scan-granted", "a statement whose actions are not known is no grant on a table"),
    ("strong-consistency-across-region-sets", "Regions that are not known are left out"),
    ("table-outside-code", "a name that is not known is not written out"),
    ("wide-stream-view", "filters that are not known are passed over"),
];

/// Pages without a case in which alone they fail, and why there is none.
const NEVER_IN_ONE_CASE: &[(&str, &str)] =
    &[("resource-policy-too-large", "two documents of 20 KB would make the page unreadable")];

fn of(page: &Page) -> Vec<Example> {
    examples(&page.text, &mut Vec::new())
}

fn has_input(example: &Example) -> bool {
    example.files.iter().any(|file| file.text.contains("Parameters:") || file.text.contains("variable \""))
}

/// Holds all pages against a rule and its list of exceptions, which may hold no page that keeps to the rule.
fn hold(rule: &str, exceptions: &[(&str, &str)], keeps: impl Fn(&Page) -> bool) {
    let pack = Pack::built_in();
    let mut wrong = Vec::new();
    for (name, _) in exceptions {
        match pack.get(name) {
            None => wrong.push(format!("there is no policy `{name}`")),
            Some(policy) if keeps(policy) => wrong.push(format!("`{name}` {rule}: take it off the list")),
            Some(_) => {}
        }
    }
    for policy in pack.iter() {
        let excepted = exceptions.iter().any(|(name, _)| *name == policy.name);
        if !excepted && !keeps(policy) {
            wrong.push(format!("it is not so that `{}` {rule}", policy.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_page_shows_a_value_that_comes_through_an_input() {
    hold("has an example with a parameter or variable", &[], |page| of(page).iter().any(has_input));
}

#[test]
fn each_page_shows_what_it_can_not_tell() {
    hold("has an undetermined example", NEVER_UNDETERMINED, |page| {
        of(page).iter().any(|example| example.expectation == Expectation::Undetermined)
    });
}

#[test]
fn each_page_shows_a_case_in_which_alone_it_fails() {
    hold("has an example that fails in one case", NEVER_IN_ONE_CASE, |page| {
        let marks =
            |example: &Example| example.files.iter().any(|file| file.marks.iter().any(|mark| mark.when.is_some()));
        of(page).iter().any(marks)
    });
}
