//! What a file is, by its name and then by a scan of its bytes.

use std::path::Path;

use memchr::memmem;

/// How a file has to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// YAML, perhaps a template.
    Yaml,
    /// JSON, perhaps a template.
    Json,
    /// `.tf`
    Terraform,
    /// `.tofu`, which OpenTofu prefers to a `.tf` of the same name.
    OpenTofu,
    /// `.tf.json`
    TerraformJson,
    /// `.tofu.json`
    OpenTofuJson,
    /// `.tfvars` and `.tfvars.json`; read by the module that they belong to, never a root.
    Variables,
    /// A unit or stack of Terragrunt.
    Terragrunt,
    /// Other `.hcl` files; read by the units that lead to them, never by themselves.
    TerragruntPart,
    /// What `terraform show -json` prints for a plan or state; also a state as Terraform keeps it, which is told apart
    /// when it is read.
    TerraformPlan,
    /// The manifest of a CDK cloud assembly, which names the stacks in `cdk.out`.
    CdkManifest,
}

/// Words of templates; a file without them is none.
const TYPE_WORD: &[u8] = b"AWS::";
const SECTION_WORD: &[u8] = b"esources";

/// What each line of a log of Terraform or OpenTofu says of where it comes from.
const LOGS: [&[u8]; 2] = [b"\"@module\":\"terraform.ui\"", b"\"@module\":\"tofu.ui\""];

/// How much of a file shows that it is a log.
const START: usize = 1024;

impl FileKind {
    /// By the file's name alone; none for names that tell nothing.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let ends = |suffix: &str| {
            let at = name.len().checked_sub(suffix.len());
            at.filter(|at| *at > 0).and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
        };
        if matches!(name, "terragrunt.hcl" | "terragrunt.hcl.json" | "terragrunt.stack.hcl") {
            return Some(Self::Terragrunt);
        }
        let kinds = [
            (".tf.json", Self::TerraformJson),
            (".tofu.json", Self::OpenTofuJson),
            (".tfvars.json", Self::Variables),
            (".tfvars", Self::Variables),
            (".hcl", Self::TerragruntPart),
            (".tf", Self::Terraform),
            (".tofu", Self::OpenTofu),
            (".yaml", Self::Yaml),
            (".yml", Self::Yaml),
            (".json", Self::Json),
            // A template of either language.
            (".template", Self::Yaml),
            (".cfn", Self::Yaml),
            (".cform", Self::Yaml),
        ];
        kinds.into_iter().find(|(suffix, _)| ends(suffix)).map(|(_, kind)| kind)
    }

    /// By name and content; the content decides between YAML and JSON, and for names that tell nothing.
    #[must_use]
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        let named = Self::of_name(path);
        let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        let looks_json = matches!(first, Some(b'{' | b'['));
        match named {
            Some(Self::Yaml) if !looks_json => Self::Yaml,
            Some(Self::Json | Self::Yaml) => json(bytes),
            Some(kind) => kind,
            None if looks_json => json(bytes),
            None if has(bytes, b"resource \"") || has(bytes, b"module \"") => Self::Terraform,
            None => Self::Yaml,
        }
    }

    /// Whether the file belongs to a Terraform or OpenTofu module.
    #[must_use]
    pub fn is_module_file(self) -> bool {
        matches!(self, Self::Terraform | Self::OpenTofu | Self::TerraformJson | Self::OpenTofuJson)
    }

    /// Whether a file of this kind and content may hold what the front ends read; a scan that never says no too
    /// often. Files of modules always may: their directory is what counts.
    #[must_use]
    pub fn is_candidate(self, bytes: &[u8]) -> bool {
        match self {
            // A template has resource types and a section of resources. A fragment that another template includes is
            // read when that one asks for it.
            Self::Yaml | Self::Json => has(bytes, TYPE_WORD) && has(bytes, SECTION_WORD),
            Self::Variables | Self::TerragruntPart => false,
            _ => true,
        }
    }
}

fn json(bytes: &[u8]) -> FileKind {
    let of_show = |word: &[u8]| has(bytes, word);
    if has(bytes, b"\"terraform_version\"")
        && [b"\"planned_values\"".as_slice(), b"\"values\"", b"\"lineage\""].into_iter().any(of_show)
    {
        return FileKind::TerraformPlan;
    }
    // The log of a run, line by line, and a state that holds nothing: what they are is told when they are read.
    let start = bytes.get(..START).unwrap_or(bytes);
    if LOGS.iter().any(|module| has(start, module)) || bytes.len() < START && has(bytes, b"\"format_version\"") {
        return FileKind::TerraformPlan;
    }
    if has(bytes, b"\"aws:cloudformation:stack\"") {
        return FileKind::CdkManifest;
    }
    FileKind::Json
}

fn has(bytes: &[u8], word: &[u8]) -> bool {
    memmem::find(bytes, word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, text: &str) -> FileKind {
        FileKind::of(Path::new(name), text.as_bytes())
    }

    #[test]
    fn names_decide_where_they_can() {
        assert_eq!(kind("a/main.tf", ""), FileKind::Terraform);
        assert_eq!(kind("main.tofu", ""), FileKind::OpenTofu);
        assert_eq!(kind("main.tf.json", "{}"), FileKind::TerraformJson);
        assert_eq!(kind("x.tofu.json", "{}"), FileKind::OpenTofuJson);
        assert_eq!(kind("prod.auto.tfvars", ""), FileKind::Variables);
        assert_eq!(kind("prod.tfvars.json", "{}"), FileKind::Variables);
        assert_eq!(kind("live/terragrunt.hcl", ""), FileKind::Terragrunt);
        assert_eq!(kind("terragrunt.hcl.json", "{}"), FileKind::Terragrunt);
        assert_eq!(kind("terragrunt.stack.hcl", ""), FileKind::Terragrunt);
        assert_eq!(kind("root.hcl", ""), FileKind::TerragruntPart);
        assert_eq!(kind("A.YML", "a: 1"), FileKind::Yaml);
        assert_eq!(FileKind::of_name(Path::new(".tf")), None);
        assert_eq!(FileKind::of_name(Path::new("a.txt")), None);
    }

    #[test]
    fn content_decides_where_names_tell_nothing() {
        assert_eq!(kind("stack.template", "\u{feff}\n {\"Resources\": {}}"), FileKind::Json);
        assert_eq!(kind("stack.template", "Resources:"), FileKind::Yaml);
        assert_eq!(kind("x", "resource \"aws_dynamodb_table\" \"t\" {"), FileKind::Terraform);
        assert_eq!(kind("x", "{}"), FileKind::Json);
        assert_eq!(kind("p.json", "{\"terraform_version\": \"1\", \"planned_values\": {}}"), FileKind::TerraformPlan);
        let log = "{\"@level\":\"info\",\"@message\":\"Terraform 1.11.4\",\"@module\":\"terraform.ui\"}\n{}";
        assert_eq!(kind("plan.json", log), FileKind::TerraformPlan);
        assert_eq!(kind("state.json", "{\"format_version\":\"1.0\"}"), FileKind::TerraformPlan);
        assert_eq!(kind("m.json", "{\"type\": \"aws:cloudformation:stack\"}"), FileKind::CdkManifest);
    }

    #[test]
    fn only_what_names_types_and_resources_may_be_a_template() {
        let candidate = |text: &str| FileKind::Yaml.is_candidate(text.as_bytes());
        assert!(candidate("Resources:\n  T:\n    Type: AWS::DynamoDB::Table"));
        assert!(candidate("resources:\n  Resources:\n    T: {Type: AWS::DynamoDB::Table}"));
        assert!(candidate("Resources:\n  T:\n    Type: AWS::CloudFormation::Stack"));
        assert!(candidate("Resources:\n  T:\n    Type: AWS::Serverless::SimpleTable"));
        assert!(!candidate("kind: Deployment\nresources: {}"));
        assert!(!candidate("- AWS::S3::Bucket"));
        assert!(FileKind::Terraform.is_candidate(b""));
    }
}
