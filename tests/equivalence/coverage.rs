//! Which policies the generator does not reach, and why.

use std::collections::BTreeSet;

use dynalens::model::schema::Subject;
use dynalens::policy::Pack;

/// How many projects are made to reach each policy.
pub const PROJECTS: usize = 280;

/// Subjects that the generator does not write, and why.
const SUBJECTS: &[(Subject, &str)] = &[
    (Subject::Trail, "what is around the tables is the same code in each language, and its examples run in each"),
    (Subject::Api, "definitions of APIs have no form that is common to the languages"),
    (Subject::StateMachine, "definitions are texts in the states language, the same in each"),
    (Subject::Crawler, "what is around the tables is the same code in each language, and its examples run in each"),
    (Subject::Canary, "what is around the tables is the same code in each language, and its examples run in each"),
    (Subject::DnsRecord, "what is around the tables is the same code in each language, and its examples run in each"),
    (
        Subject::RoutingControl,
        "what is around the tables is the same code in each language, and its examples run in each",
    ),
    (Subject::Stack, "what is around the tables is the same code in each language, and its examples run in each"),
    (Subject::Client, "clients of clusters need a network around them; the pages' examples show it in each language"),
];

/// Policies that the generator does not make fail, and why.
const POLICIES: &[(&str, &str)] = &[
    ("resource-policy-too-large", "takes documents of 20 KB, which would slow all other projects down"),
    ("backup-without-cross-region-copy", "takes a plan that covers a table with a tag of the options"),
    ("export-without-customer-key", "takes an export of a table whose key belongs to the customer"),
    ("config-recorder-without-tables", "takes a recorder, of which nothing differs between the languages but names"),
    ("federated-role-without-leading-keys", "takes a role that users of a web identity assume"),
    ("wide-stream-view", "takes consumers that all filter on the images that their stream carries"),
    ("readiness-check-in-use", "takes a global table and resources that AWS no longer recommends"),
    ("replica-region-without-routing", "takes a global table with DNS records for its Regions"),
    ("stale-cache-on-global-table", "takes a cluster whose role reaches a global table"),
    ("replica-without-resource-policy", "policies of replicas are separate resources in another Region in Terraform"),
];

/// What is wrong with the lists above, now that these policies failed somewhere.
pub fn complaints(failed: &BTreeSet<String>) -> Vec<String> {
    let pack = Pack::built_in();
    let mut complaints = Vec::new();
    for (name, _) in POLICIES {
        if failed.contains(*name) {
            complaints.push(format!("`{name}` fails in a generated project: take it off the list"));
        }
        if pack.get(name).is_none() {
            complaints.push(format!("there is no policy `{name}`"));
        }
    }
    for page in pack.iter() {
        let name = page.name.as_ref();
        let subjects = page.applies_to.iter().all(|of| SUBJECTS.iter().any(|(subject, _)| subject == of));
        // A policy of one language has nothing to be compared with.
        if page.languages.len() != 1
            && !subjects
            && !failed.contains(name)
            && !POLICIES.iter().any(|(known, _)| *known == name)
        {
            complaints.push(format!("`{name}` fails in no generated project: write what it judges, or say why not"));
        }
    }
    complaints
}
