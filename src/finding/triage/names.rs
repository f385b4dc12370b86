//! What policies are called: by their own names and by those of the same checks in other tools.

use rustc_hash::FxHashMap;

use crate::finding::suggest;
use crate::policy::Pack;

/// Looks up policies by name or alias; letter case, `_` for `-` and the `AVD-` before Trivy's numbers do not matter.
#[derive(Clone, Debug, Default)]
pub struct Names {
    by_key: FxHashMap<String, Vec<String>>,
    /// Beginnings of identifiers that stand for a family (`aws_dynamodb_tag_*`), with the policy.
    families: Vec<(String, String)>,
    own: Vec<String>,
    /// Policies that Trivy and tfsec have as well.
    trivy: Vec<String>,
}

/// The long names that tfsec and Trivy use beside their numbers, and tfsec's first codes.
const LONG_NAMES: &[(&str, &str)] = &[
    ("aws-dynamodb-enable-at-rest-encryption", "aws-0023"),
    ("aws-dynamodb-enable-recovery", "aws-0024"),
    ("aws-dynamodb-table-customer-key", "aws-0025"),
    ("aws-iam-no-policy-wildcards", "aws-0057"),
    ("aws-kinesis-enable-in-transit-encryption", "aws-0064"),
    ("aws-ec2-no-public-ingress-sgr", "aws-0107"),
    ("aws-vpc-no-public-ingress-sgr", "aws-0107"),
    ("aws-sam-enable-table-encryption", "aws-0121"),
    ("aws081", "aws-0023"),
    ("aws086", "aws-0024"),
    ("aws092", "aws-0025"),
];

impl Names {
    /// The names of all policies of a pack, and of the reports on suppressions.
    #[must_use]
    pub fn of(pack: &Pack) -> Self {
        let mut names = Self::default();
        for policy in pack.iter() {
            names.add(&policy.name, policy.aliases.iter().map(|alias| &**alias));
        }
        names.add(super::UNUSED_SUPPRESSION, []);
        names
    }

    /// Adds a policy with its aliases.
    pub fn add<'a>(&mut self, name: &str, aliases: impl IntoIterator<Item = &'a str>) {
        self.own.push(name.to_owned());
        let mut keys = vec![key(name)];
        for alias in aliases {
            let alias = key(alias);
            match alias.strip_suffix('*') {
                Some(family) => self.families.push((family.to_owned(), name.to_owned())),
                None => keys.push(alias),
            }
        }
        keys.sort();
        keys.dedup();
        for key in keys {
            if key.strip_prefix("aws-").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
                && !self.trivy.iter().any(|known| known == name)
            {
                self.trivy.push(name.to_owned());
            }
            self.by_key.entry(key).or_default().push(name.to_owned());
        }
    }

    /// The policies that a name or alias stands for; nothing for an unknown one.
    #[must_use]
    pub fn resolve(&self, name: &str) -> Vec<String> {
        let mut wanted = key(name);
        if let Some((_, short)) = LONG_NAMES.iter().find(|(long, _)| *long == wanted) {
            (*short).clone_into(&mut wanted);
        }
        if let Some(policies) = self.by_key.get(&wanted) {
            return policies.clone();
        }
        self.families
            .iter()
            .filter(|(family, _)| wanted.starts_with(family))
            .map(|(_, policy)| policy.clone())
            .collect()
    }

    /// The policies that `tfsec:ignore:*` and `trivy:ignore:*` stand for.
    #[must_use]
    pub fn trivy(&self) -> &[String] {
        &self.trivy
    }

    /// `did you mean ...?` for an unknown name.
    #[must_use]
    pub fn suggest(&self, name: &str) -> Option<String> {
        suggest::did_you_mean(name, self.own.iter().map(String::as_str))
    }
}

fn key(name: &str) -> String {
    let key = name.trim().to_ascii_lowercase().replace('_', "-");
    match key.strip_prefix("avd-") {
        Some(rest) => rest.to_owned(),
        None => key,
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_policy_answers_to_the_names_that_other_tools_give_it() {
        let mut names = Names::default();
        names.add("point-in-time-recovery-disabled", ["CKV_AWS_28", "AWS-0024", "AVD-AWS-0024", "DynamoDB.2"]);
        names.add("other", ["CKV_AWS_28", "aws_dynamodb_tag_*"]);
        assert_eq!(names.resolve("aws_dynamodb_tag_invalid_key"), ["other"]);
        for alias in [
            "point-in-time-recovery-disabled",
            "AVD-AWS-0024",
            "aws-0024",
            "dynamodb.2",
            "aws-dynamodb-enable-recovery",
        ] {
            assert_eq!(names.resolve(alias), ["point-in-time-recovery-disabled"], "{alias}");
        }
        assert_eq!(names.resolve("ckv_aws_28").len(), 2);
        assert_eq!(names.trivy(), ["point-in-time-recovery-disabled"]);
        assert!(names.resolve("nothing").is_empty());
    }
}
