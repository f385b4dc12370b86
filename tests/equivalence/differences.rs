//! Where languages may say different things, and why.

use std::sync::LazyLock;

use dynalens::finding::Subject;
use dynalens::policy::Pack;
use dynalens::policy::page::Dialect;
use regex::Regex;

use super::said::Language;

/// Verdicts that are not compared with a language, and why.
const APART: &[(&str, Language, &str)] = &[
    (
        "warm-throughput-without-effect",
        Language::Terraform,
        "gives way to `warm-throughput-below-minimum`, which is about what the provider of Terraform refuses",
    ),
    (
        "local-index-without-table-sort-key",
        Language::Terraform,
        "a variable that nobody set may be null, and then there is no sort key; a key schema in CloudFormation has its \
         entry in any case",
    ),
    (
        "invalid-backup-lifecycle",
        Language::Terraform,
        "its provider hands on no days where 0 is written; in CloudFormation that is a number of days",
    ),
    (
        "backup-without-expiry",
        Language::Terraform,
        "its provider hands on no days where 0 is written; in CloudFormation that is a number of days",
    ),
    (
        "backup-retention-too-short",
        Language::Terraform,
        "its provider hands on no days where 0 is written; in CloudFormation that is a number of days",
    ),
    (
        "long-backup-without-cold-storage",
        Language::Terraform,
        "its provider hands on no days where 0 is written; in CloudFormation that is a number of days",
    ),
];

/// Verdicts on global tables that are not compared, and why.
const APART_GLOBAL: &[(&str, &str)] = &[
    ("capacity-mode-against-workload", "reads tags of tables, and in CloudFormation replicas have them"),
    (
        "table-deleted-with-stack",
        "deletion protection of all replicas keeps the table in CloudFormation, and of itself in Terraform",
    ),
    ("replica-without-customer-key", "the home replica is the table itself in Terraform, and no replica"),
];

/// Whether what a policy says of a global table is compared.
pub fn compared_globally(policy: &str) -> bool {
    !APART_GLOBAL.iter().any(|(name, _)| *name == policy)
}

/// Whether what a policy says is compared between two languages: where both are the policy's own by its page. SAM
/// templates hold CloudFormation's resources, and simple tables that some policies can't fail on.
pub fn compared(policy: &str, one: Language, other: Language) -> bool {
    static PACK: LazyLock<Pack> = LazyLock::new(Pack::built_in);
    let speaks = |language: Language| {
        let dialect = match language {
            Language::CloudFormation => Dialect::CloudFormation,
            Language::Sam => Dialect::Sam,
            Language::Terraform => Dialect::Terraform,
        };
        PACK.get(policy).is_none_or(|page| page.languages.is_empty() || page.languages.contains(&dialect))
            && !APART.iter().any(|(name, apart, _)| *name == policy && *apart == language)
    };
    one == other || (speaks(one) && speaks(other))
}

/// The name of what is judged, without what belongs to a language.
pub fn subject(resource: &Subject) -> String {
    // A stack is called as its file, and a root module as its folder.
    if resource.address.is_empty() || resource.name.starts_with("template.") {
        return "the stack".to_owned();
    }
    words(&resource.name)
}

/// The words that mean the same.
pub fn words(text: &str) -> String {
    static OPEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:parameter|variable) (`\w+`) has no (?:default; pass --parameters \w+=VALUE|value; pass a var-file or --var)").expect("it is a regular expression")
    });
    static INPUT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"input `\w+` is open").expect("it is a regular expression"));
    static LATER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(`\w+` of `\w+` is known when the stack is deployed|an attribute of `[\w.]+` is known only after it is made)",
        )
        .expect("it is a regular expression")
    });
    static NAMELESS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(Global|Local)SecondaryIndexes\[").expect("it is a regular expression"));
    let text = OPEN.replace_all(text, "input $1 is open");
    let text = NAMELESS
        .replace_all(&text, |found: &regex::Captures<'_>| format!("{}_secondary_index[", found[1].to_lowercase()));
    let text = LATER.replace_all(&text, "an attribute is known later");
    // Maps have no order in Terraform, so any of several open inputs may be the one that is named.
    let text = INPUT.replace_all(&text, "an input is open");
    text.replace("var.", "").replace("with its configuration", "with its stack")
}

#[test]
fn what_is_not_compared_is_a_policy() {
    let pack = Pack::built_in();
    for name in APART.iter().map(|(name, ..)| name).chain(APART_GLOBAL.iter().map(|(name, _)| name)) {
        assert!(pack.get(name).is_some(), "{name}");
    }
}
