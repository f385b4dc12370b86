//! Which fields of the model change when a policy's finding is fixed.

use dynalens::analysis::Fixed;
use dynalens::policy::Pack;

/// Fields that change with a fix beside those that its page sets, and why: the kind of the entity, the field (all
/// below it as well; empty for an entity that comes or goes), the policies.
const BESIDE: &[(&str, &str, &[&str])] = &[
    // Whether a value is written, beside the value.
    ("tables", "point_in_time_recovery.enabled_written", &["point-in-time-recovery-disabled"]),
    ("replicas", "point_in_time_recovery.enabled_written", &["point-in-time-recovery-disabled"]),
    ("tables", "point_in_time_recovery.period_written", &["recovery-period-too-short"]),
    ("tables", "point_in_time_recovery.period_days", &["recovery-period-too-short"]),
    ("tables", "billing_mode_written", &["billing-mode-implicit"]),
    // A table without a name is called by its logical id, and nobody knows what it will be called: so are the
    // references to it.
    ("tables", "name_set", &["explicit-table-name"]),
    ("tables", "name", &["explicit-table-name"]),
    ("scaling_targets", "resource_id", &["explicit-table-name"]),
    ("scaling_policies", "resource_id", &["explicit-table-name"]),
    ("kinesis_destinations", "name", &["explicit-table-name"]),
    ("resource_policies", "name", &["explicit-table-name"]),
    ("functions", "environment", &["explicit-table-name"]),
    ("clients", "environment", &["explicit-table-name"]),
    ("clients", "urls", &["explicit-table-name"]),
    ("alarms", "metrics", &["explicit-table-name"]),
    // Links that go by resource ids are open where these are not all known any more.
    ("scaling_policies", "target", &["explicit-table-name"]),
    ("scaling_targets", "policies", &["explicit-table-name"]),
    // Removed values.
    ("tables", "capacity", &["on-demand-with-capacity"]),
    ("indexes", "capacity", &["on-demand-with-capacity"]),
    ("tables", "on_demand", &["provisioned-with-on-demand-limits"]),
    ("indexes", "on_demand", &["provisioned-with-on-demand-limits"]),
    ("indexes", "projection.non_key_attributes", &["non-key-attributes-without-include", "projected-key-attribute"]),
    ("tables", "attribute_definitions", &["unused-attribute-definition", "duplicate-attribute-definition"]),
    ("keys", "deletion_window_days", &["kms-key-with-short-deletion-window"]),
    // The key counts where encryption with keys is on.
    ("tables", "encryption", &["kms-key-ignored"]),
    // The stream is another entity, whose settings the destination shows.
    ("kinesis_destinations", "stream.encrypted", &["kinesis-destination-without-encryption"]),
    ("kinesis_destinations", "stream.retention_hours", &["kinesis-destination-with-short-retention"]),
    // A new resource in Terraform, which the table and its indexes know.
    ("stacks", "resource_types", &["contributor-insights-disabled"]),
    ("tables", "contributor_insights", &["contributor-insights-disabled"]),
    ("indexes", "contributor_insights", &["contributor-insights-disabled"]),
    // Statements with the ARNs of indexes, which are then known to be reached.
    ("grants", "resources", &["grant-without-index-access"]),
    ("grants", "indexes", &["grant-without-index-access"]),
    ("roles", "statements", &["grant-without-index-access"]),
    // Values that are written otherwise.
    ("scaling_policies", "disable_scale_in", &["scale-in-disabled"]),
    ("scaling_targets", "suspended.scale_in", &["scale-in-disabled"]),
    ("grants", "conditions", &["leading-keys-without-for-all-values"]),
    ("roles", "statements", &["leading-keys-without-for-all-values"]),
    ("alarms", "metrics", &["alarm-on-unknown-metric", "alarm-on-missing-table", "latency-alarm-without-average"]),
    // SAM gives the role of a function that is traced the policy for it.
    ("grants", "", &["function-without-tracing"]),
    ("roles", "grants", &["function-without-tracing"]),
    ("roles", "managed_policies", &["function-without-tracing"]),
    ("roles", "statements", &["function-without-tracing"]),
    // An alarm that names a table that is there belongs to it.
    ("alarms", "tables", &["alarm-on-missing-table"]),
    ("tables", "alarms", &["alarm-on-missing-table"]),
    // A stream that is on has an ARN that others could use.
    ("tables", "stream.referenced", &["stream-consumer-without-stream", "global-table-without-stream"]),
];

/// Policies that can't be told at an address after a fix there, and why: the fixed policy and the other one.
const OPEN: &[(&str, &str)] = &[
    // The period counts where recovery is on.
    ("point-in-time-recovery-disabled", "recovery-period-too-short"),
    // Zones count from three nodes on.
    ("dax-cluster-below-three-nodes", "dax-cluster-below-three-zones"),
    // Keys are shown where insights are on.
    ("contributor-insights-disabled", "plaintext-keys-in-contributor-insights"),
    // Throughput counts in the class for infrequent access.
    ("archive-table-in-standard-class", "infrequent-access-with-high-capacity"),
];

/// Whether a fixed policy may make another one that was passed by ask for something that is not known.
pub fn opens(policy: &str, other: &str) -> bool {
    OPEN.contains(&(policy, other))
}

/// Whether a fix may change a field of an entity: one that it says at the resource that it mends, and one that follows
/// from that anywhere.
pub fn changes(pack: &Pack, fixed: &Fixed, kind: &str, address: &str, way: &str) -> bool {
    let policy = fixed.policy.as_str();
    let below = |field: &str| {
        way == field || way.strip_prefix(field).is_some_and(|rest| field.is_empty() || rest.starts_with('.'))
    };
    let paths = || {
        let fixes = pack.get(policy).map_or(&[][..], |page| &page.fixes);
        fixes.iter().flat_map(|fix| fix.set.iter().chain(fix.insert.iter())).map(|(path, _)| path)
    };
    let set = paths().any(|path| below(path));
    // The first name may be a link to the table that has the field.
    let linked = kind == "tables" && paths().any(|path| path.strip_prefix("table.").is_some_and(below));
    // An index is a part of its table, and what several resources are set by says so.
    let part = |whole: &str, part: &str| part.strip_prefix(whole).is_some_and(|rest| rest.starts_with('/'));
    let own =
        written(address) == written(&fixed.address) || part(address, &fixed.address) || part(&fixed.address, address);
    let shared = fixed.title.contains("used elsewhere");
    set && (own || shared)
        || linked
        || BESIDE.iter().any(|(of, field, policies)| *of == kind && below(field) && policies.contains(&policy))
}

/// The address of the block that stands in the source: what a module that is called twice holds, or an instance with a
/// key, is written once.
fn written(address: &str) -> String {
    let (mut rest, mut keys) = (String::new(), 0_usize);
    for letter in address.chars() {
        match letter {
            '[' => keys += 1,
            ']' => keys = keys.saturating_sub(1),
            _ if keys == 0 => rest.push(letter),
            _ => {}
        }
    }
    let mut own = rest.as_str();
    while let Some((_, inner)) = own.strip_prefix("module.").and_then(|call| call.split_once('.')) {
        own = inner;
    }
    own.to_owned()
}
