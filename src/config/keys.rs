//! The keys of the configuration file, for the reader and its schema.

pub const ROOT: &[&str] = &[
    "extends",
    "profile",
    "region",
    "account",
    "environments",
    "required-tags",
    "key-class",
    "select",
    "ignore",
    "policies",
    "overrides",
    "suppressions",
    "unsuppressible",
    "other-tools",
    "baseline",
    "exclude",
    "policy-folders",
    "non-production",
];
pub const ENVIRONMENT: &[&str] =
    &["production", "region", "account", "workspace", "var-files", "parameter-files", "parameters", "variables"];
pub const SUPPRESSION: &[&str] = &["policy", "address", "path", "reason", "until"];
pub const OVERRIDE: &[&str] = &["paths", "profile", "policies", "select", "ignore"];
pub const NON_PRODUCTION: &[&str] = &["words", "tags"];
