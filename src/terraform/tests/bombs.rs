//! Hostile configurations end in an unknown or a note that names the bound.

use std::fmt::Write as _;

use super::{Options, evaluated, show};

/// What the attribute `x` of a table is, with all notes.
fn outcome(main: &str) -> String {
    let case = evaluated(&[("infra/main.tf", main)], &Options::default());
    let mut out = String::new();
    for resource in case.project.resources.iter().take(3) {
        let mut text = show(&resource.attributes, &case.project.inputs);
        text.truncate(300);
        let _ = writeln!(out, "{} {text}", resource.address);
    }
    for problem in &case.project.problems {
        let _ = writeln!(out, "! {}", problem.message);
    }
    out
}

fn doubling(step: &str, first: &str) -> String {
    let mut main = format!("locals {{\n  l0 = {first}\n");
    for index in 1..60 {
        let before = format!("local.l{}", index - 1);
        let _ = writeln!(main, "  l{index} = {}", step.replace("LOCAL", &before));
    }
    main.push_str("}\nresource \"aws_dynamodb_table\" \"t\" {\n  x = local.l59\n}\n");
    main
}

#[test]
fn values_that_double_are_bounded() {
    for (step, first) in [
        ("\"${LOCAL}${LOCAL}\"", "\"x\""),
        ("[LOCAL, LOCAL]", "\"x\""),
        ("{ a = LOCAL, b = LOCAL }", "\"x\""),
        ("concat(LOCAL, LOCAL)", "[1]"),
        ("join(\"\", [LOCAL, LOCAL])", "\"x\""),
        ("[for x in LOCAL : LOCAL]", "[1, 2]"),
        ("flatten([LOCAL, LOCAL])", "[1]"),
        ("merge({ a = LOCAL }, { b = LOCAL })", "{}"),
        ("setproduct(LOCAL, LOCAL)", "[1, 2]"),
        ("LOCAL == 1 ? LOCAL : [LOCAL, LOCAL]", "1"),
    ] {
        let outcome = outcome(&doubling(step, first));
        let unknown = outcome.contains("can't be evaluated") || outcome.contains("x: [...]");
        assert!(unknown, "{step}: {outcome}");
    }
}

#[test]
fn chains_and_circles_are_bounded() {
    let mut chain = "locals {\n  l0 = 1\n".to_owned();
    for index in 1..5_000 {
        let _ = writeln!(chain, "  l{index} = (local.l{} + 1)", index - 1);
    }
    chain.push_str("}\nresource \"aws_dynamodb_table\" \"t\" {\n  x = local.l4999\n}\n");
    assert!(outcome(&chain).contains("levels deep"), "{}", outcome(&chain));
    let circle = "resource \"aws_dynamodb_table\" \"t\" {\n  x = aws_dynamodb_table.u.x\n}\nresource \"aws_dynamodb_table\" \"u\" {\n  x = aws_dynamodb_table.t.x\n}\n";
    assert!(outcome(circle).contains("refers to itself"), "{}", outcome(circle));
    let itself = "resource \"aws_dynamodb_table\" \"t\" {\n  count = length(aws_dynamodb_table.t)\n}\n";
    assert!(outcome(itself).contains("{}"), "{}", outcome(itself));
}

#[test]
fn expansions_are_bounded() {
    let table = |argument: &str| format!("resource \"aws_dynamodb_table\" \"t\" {{\n  {argument}\n}}\n");
    assert!(outcome(&table("count = 1000000000")).contains("more than 2000 instances"));
    assert!(outcome(&table("for_each = toset([for i in range(1000) : \"${i}-${i}\"])")).contains("0-0"));
    for expression in [
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]",
        "length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]])",
        "\"%{ for a in range(1000) }%{ for b in range(50) }${local.k}%{ endfor }%{ endfor }\"",
    ] {
        let kilobyte = format!("locals {{\n  k = \"{}\"\n}}\n", "x".repeat(1_000));
        let outcome = outcome(&(kilobyte + &table(&format!("x = {expression}"))));
        assert!(outcome.contains("it can't be evaluated here"), "{expression}: {outcome}");
    }
}

#[test]
fn many_open_variables_are_bounded() {
    let mut main = String::new();
    for index in 0..40 {
        let _ = writeln!(main, "variable \"v{index}\" {{\n  type = bool\n}}");
    }
    let _ = writeln!(
        main,
        "resource \"aws_dynamodb_table\" \"t\" {{\n  x = [for b in [{}] : 1 if b]\n}}",
        (0..40).map(|index| format!("var.v{index}")).collect::<Vec<_>>().join(", ")
    );
    assert!(outcome(&main).contains("more than 256 combinations"), "{}", outcome(&main));
}
