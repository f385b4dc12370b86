//! Terraform and OpenTofu: root modules to evaluated resources, as far as that can be known offline.
//!
//! Takes the directory of a root module and what is known from outside ([`Options`]), gives a [`Project`]: the
//! resources of all modules that it calls, with evaluated attributes. What depends on an open variable is a choice,
//! what only AWS knows is a symbol, and all else that can't be evaluated is unknown with a reason.
//!
//! [`terragrunt`] finds the root modules that Terragrunt deploys, with the values it gives them.
//!
//! [`modules`](Modules) reads files, `configuration` follows module calls, `inputs` decides which variables stay open
//! and what their cases are, `expression` and the files beside it evaluate, `expand` and `resource` make instances.

mod call;
mod cases;
mod comprehension;
mod configuration;
mod constraint;
mod data;
mod declarations;
mod dialect;
mod early;
mod error;
mod expand;
mod expression;
mod files;
pub mod functions;
mod inputs;
mod lift;
mod module;
mod modules;
mod normal;
mod noting;
pub mod operators;
mod options;
pub mod plan;
mod policy_document;
mod provider;
mod reference;
mod resource;
mod roots;
mod scope;
mod sensitivity;
mod sets;
mod tag;
pub mod terragrunt;
pub mod types;
mod unify;
mod uses;
mod variables;

#[cfg(test)]
mod console_tests;
#[cfg(test)]
mod documentation_tests;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::rc::Rc;

use crate::resource::{Call, Language, Problem, ProblemKind, Project, Resource};
use crate::source::lexical;
use crate::value::{Inputs, OriginId, Origins, Text, Value};

pub use error::Error;
pub use module::Module;
pub use modules::{Modules, configuration_files};
pub use options::{Argument, Given, Options};
pub use roots::{find_roots, local_calls, roots_among};

use configuration::Configuration;
use scope::{Evaluator, Instance, Scope};

/// The stack of an evaluation; expressions refer to each other through several frames a level.
const STACK: usize = 256 << 20;

/// Resource types that bear on tables, indexes and clusters; all others are evaluated only where they are referred to.
const RELEVANT: &[&str] = &[
    "aws_alb",
    "aws_api_gateway_",
    "aws_apigatewayv2_",
    "aws_appautoscaling_",
    "aws_appsync_",
    "aws_backup_",
    "aws_budgets_",
    "aws_ce_",
    "aws_cloudtrail",
    "aws_cloudwatch_",
    "aws_config_",
    "aws_dax_",
    "aws_default_security_group",
    "aws_default_subnet",
    "aws_dx_",
    "aws_dynamodb_",
    "aws_ec2_transit_gateway",
    "aws_ecs_",
    "aws_eks_",
    "aws_elastic_beanstalk_",
    "aws_glue_",
    "aws_iam_",
    "aws_instance",
    "aws_kinesis_",
    "aws_kms_",
    "aws_lambda_",
    "aws_launch_",
    "aws_lb",
    "aws_osis_",
    "aws_pipes_",
    "aws_redshift_integration",
    "aws_region",
    "aws_route",
    "aws_s3_bucket",
    "aws_scheduler_",
    "aws_security_group",
    "aws_sfn_",
    "aws_sns_",
    "aws_sqs_",
    "aws_ssm_",
    "aws_subnet",
    "aws_synthetics_",
    "aws_vpc",
    "aws_vpn_",
    "aws_wafv2_",
    "aws_arcregionswitch_",
    "terraform_data",
];

/// Whether resources of a type are evaluated on their own.
fn is_relevant(kind: &str) -> bool {
    RELEVANT.iter().any(|prefix| kind.starts_with(prefix))
}

/// Evaluates a root module.
pub fn evaluate(modules: &Modules<'_>, root: &Path, options: &Options) -> Project {
    let root = lexical(root);
    on_large_stack(|| evaluate_here(modules, &root, options)).unwrap_or_else(|why| {
        let mut project = empty(&root, options);
        project.problems.push(Problem {
            kind: ProblemKind::Internal,
            span: None,
            path: Some(root.clone()),
            message: format!("the module could not be evaluated: {why}"),
            help: None,
        });
        project
    })
}

/// Does the work on a thread of its own: expressions may lead into each other deeper than the stack of a worker thread
/// holds.
fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let handle = thread.spawn_scoped(scope, work);
        handle
            .map_err(|error| error.to_string())
            .and_then(|handle| handle.join().map_err(|_| "it ended in a panic; please report this as a bug".to_owned()))
    })
}

fn empty(root: &Path, options: &Options) -> Project {
    Project {
        language: Language::Terraform,
        path: root.to_path_buf(),
        environment: options.environment.clone(),
        origins: Origins::new(),
        inputs: Inputs::default(),
        resources: Vec::new(),
        lent: 0,
        outputs: Vec::new(),
        region: Value::absent(OriginId::NONE),
        account: Value::absent(OriginId::NONE),
        problems: Vec::new(),
    }
}

fn evaluate_here(modules: &Modules<'_>, root: &Path, options: &Options) -> Project {
    let boundary = options.boundary.clone().unwrap_or_else(|| root.to_path_buf());
    let start = Start {
        configuration: Configuration::load(modules, root, Some(&boundary), options),
        files: files::RootFiles::new(modules.fs, root, &boundary),
        inputs: Inputs::default(),
        given: rustc_hash::FxHashMap::default(),
        calls: Vec::new(),
        unknown_providers: None,
        dialect: None,
    };
    evaluate_from(start, modules, root, options, &Origins::noting(options.notes))
}

/// What the evaluation of a root module begins with.
struct Start<'c> {
    configuration: Configuration,
    files: files::RootFiles<'c>,
    /// What is open already.
    inputs: Inputs,
    /// Values of variables that give way to all others.
    given: rustc_hash::FxHashMap<Text, Value>,
    /// What leads to the root module from outside.
    calls: Vec<Call>,
    /// Why a file of the root module that may configure providers is not known.
    unknown_providers: Option<Text>,
    dialect: Option<&'c dyn dialect::Dialect>,
}

/// Evaluates a root module; `path` is what the project is called.
fn evaluate_from(
    start: Start<'_>,
    modules: &Modules<'_>,
    path: &Path,
    options: &Options,
    origins: &Origins,
) -> Project {
    let Start { configuration, files, inputs, given, calls, unknown_providers, dialect } = start;
    let mut evaluator = Evaluator::new(&configuration, options, files, modules.sources, origins);
    evaluator.dialect = dialect;
    evaluator.unknown_providers = unknown_providers;
    evaluator.inputs = inputs;
    let root_instance = evaluator.root_instance(calls);
    let mut given = given;
    given.extend(evaluator.given_variables(&root_instance, modules.sources));
    inputs::open(&mut evaluator, &root_instance, given);
    inputs::constrain(&mut evaluator, &root_instance);
    inputs::validate(&evaluator, &root_instance);
    let mut resources = Vec::new();
    evaluator.collect(&root_instance, &mut resources);
    let outputs = evaluator
        .node(&root_instance)
        .module
        .outputs
        .iter()
        .filter_map(|block| {
            let value = block.body.attribute("value")?;
            let name = Text::new(block.label(0).unwrap_or_default());
            Some((name, evaluator.value(&value.expr, Scope::of(&root_instance))))
        })
        .collect();
    evaluator.finish(path, resources, outputs)
}

impl Evaluator<'_> {
    /// The resources of a module instance and of all that it calls.
    fn collect(&self, instance: &Rc<Instance>, out: &mut Vec<Resource>) {
        let module = &self.node(instance).module;
        for (data, blocks) in [(false, &module.resources), (true, &module.data)] {
            for block in blocks.iter().filter(|block| block.label(0).is_some_and(is_relevant)) {
                self.resources_of(instance, data, block, out);
            }
        }
        for call in module.calls.iter() {
            let name = Text::new(call.label(0).unwrap_or_default());
            // What is wrong with the call is told of where its modules are looked for.
            let Ok(Some(group)) = self.module_group(instance, &name) else { continue };
            for child in &group.instances {
                if child.exists.as_bool() != Some(false) {
                    self.collect(child, out);
                }
            }
        }
    }

    /// The region and account, and everything else of the project.
    fn finish(self, root: &Path, resources: Vec<Resource>, outputs: Vec<(Text, Value)>) -> Project {
        let default = self.config.nodes.first().and_then(|node| node.module.providers.get("aws"));
        let instance = self.instance(0);
        let mut region = self.region.clone();
        let mut account = self.account.clone();
        if let (Some(block), Some(instance)) = (default, instance) {
            let body = block.as_ref().body;
            if let Some((_, expr)) = body.attribute("region") {
                let value = self.value(expr, Scope::of(&instance));
                if !value.is_unset() {
                    region = value;
                }
            }
            if let Some((_, expr)) = body.attribute("allowed_account_ids")
                && let Value { data: crate::value::Data::List(list), .. } = self.value(expr, Scope::of(&instance))
                && let [only] = list.items.as_slice()
                && list.rest.is_none()
                && account.is_unknown()
            {
                account = only.clone();
            }
        }
        self.note_declarations();
        // A file that many calls lead to is told of once.
        let mut problems: Vec<Problem> = Vec::new();
        let mut seen: Vec<&Path> = Vec::new();
        for node in &self.config.nodes {
            if !seen.contains(&node.module.dir.as_path()) {
                seen.push(&node.module.dir);
                problems.extend(node.module.problems.iter().cloned());
            }
        }
        problems.extend(self.config.problems.iter().cloned());
        problems.extend(self.problems.into_inner());
        Project {
            language: Language::Terraform,
            path: root.to_path_buf(),
            environment: self.options.environment.clone(),
            origins: self.origins.take(),
            inputs: self.inputs,
            resources,
            lent: 0,
            outputs,
            region,
            account,
            problems,
        }
    }
}
