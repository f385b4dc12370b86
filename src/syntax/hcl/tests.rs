use std::fmt::Write as _;

use super::*;
use crate::source::FileId;

fn read(text: &str) -> Document {
    parse(Arc::new(SourceFile::new(FileId(0), "main.tf".into(), text)))
}

/// Attributes, blocks and errors of a text, with every name and expression sliced out of the file by its span.
fn outline(text: &str) -> String {
    fn outline_of(document: &Document, body: &Body, indent: usize, out: &mut String) {
        let pad = "  ".repeat(indent);
        for attribute in &body.attributes {
            let name = document.file.slice(attribute.name_span);
            let expr = document.file.slice(attribute.expr.span);
            let _ = writeln!(out, "{pad}{name} = {expr}");
        }
        for block in &body.blocks {
            let _ = writeln!(out, "{pad}{} {{", document.file.slice(block.header));
            outline_of(document, &block.body, indent + 1, out);
            let _ = writeln!(out, "{pad}}}");
        }
    }
    let document = read(text);
    let mut out = String::new();
    outline_of(&document, &document.body, 0, &mut out);
    for error in &document.errors {
        let _ = writeln!(out, "! {} at `{}`", error.message, document.file.slice(error.span));
    }
    out
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(outline(text), expected, "for\n{text}");
}

#[test]
fn names_labels_and_expressions_are_where_their_spans_say() {
    check(
        "\u{feff}resource \"aws_dynamodb_table\" \"größe\" { # why\r\n  name = \"ü-${var.x}\" // end\r\n  ttl { enabled = true }\r\n}\r\n",
        "resource \"aws_dynamodb_table\" \"größe\" {\n  name = \"ü-${var.x}\"\n  ttl {\n    enabled = true\n  }\n}\n",
    );
}

#[test]
fn a_broken_argument_hides_neither_its_block_nor_the_next() {
    check(
        "resource \"a\" \"b\" {\n  x = = 1\n  y = 2\n}\nresource \"a\" \"c\" {\n  z = 3\n}\n",
        "resource \"a\" \"b\" {\n  y = 2\n}\nresource \"a\" \"c\" {\n  z = 3\n}\n! expected an expression, found `=` at `=`\n",
    );
}

#[test]
fn a_missing_brace_does_not_swallow_the_next_block() {
    check(
        "resource \"a\" \"b\" {\n  x = 1\n\nresource \"a\" \"c\" {\n  z = 3\n}\n",
        "resource \"a\" \"b\" {\n  x = 1\n}\nresource \"a\" \"c\" {\n  z = 3\n}\n! the block is not closed; end it with `}` at `{`\n",
    );
}

#[test]
fn an_unclosed_list_does_not_swallow_the_next_block() {
    check(
        "locals {\n  a = [1, 2\n  b = 3\n}\nvariable \"x\" {\n  default = 1\n}\n",
        "locals {\n}\nvariable \"x\" {\n  default = 1\n}\n! expected `,` or `]` after the item of the list, found `b` at `b`\n! the block is not closed; end it with `}` at `{`\n",
    );
}

#[test]
fn an_unclosed_text_ends_with_its_line() {
    check(
        "a = \"x\nb = 2\n",
        "b = 2\n! a quoted text can't go over several lines; close it with `\"`, write `\\n`, or use a heredoc at `\"x`\n",
    );
}

#[test]
fn a_heredoc_needs_its_marker_and_a_new_line() {
    let message = "the heredoc is not closed; end it with a line that holds `EOT` and nothing else";
    check("a = <<EOT\nx\nEOT", &format!("! {message} at `<<EOT`\n"));
    check("a = <<EOT\nx\n  EOT\nb = 1\n", "a = <<EOT\nx\n  EOT\nb = 1\n");
}

#[test]
fn what_terraform_refuses_is_an_error() {
    for text in [
        "x = \"a\\$\"\n",
        "foo {\n a = 1 }\n",
        "foo { a = 1\n}\n",
        "foo { bar {} }\n",
        "a = x.0.1\n",
        "a = 1 b = 2\n",
        "a = \n1\n",
        "a = {x y}\n",
        "a = [for x in y : k => x]\n",
        "a = {for x in y : x}\n",
        "a = f(x..., y)\n",
        "a = b\n  ? 1 : 2\n",
        "a = <<EOT \nx\nEOT\n",
        "a = 1\na = 2\n",
        "a = \"%{ if x }\"\n",
        "a = \"${x\"\n",
        "}\n",
        "a = 12x\n",
    ] {
        assert!(!read(text).errors.is_empty(), "accepted: {text}");
    }
}

#[test]
fn what_terraform_accepts_is_read() {
    for text in [
        "a = f (1)\n",
        "a = (b\n  ? 1\n  : 2)\n",
        "a = {\n true = 1\n null = 2, (x) = 3\n 5 = 4 }\n",
        "c = \"${ {\n a = 1\n} }\"\n",
        "a = x.0.name\n",
        "a = x.*.name[0]\n",
        "a = x[*].name[0].b\n",
        "a = [for k, v in x : v if k != \"a\"]\n",
        "a = {\n  for k, v in x :\n  k => v...\n  if v\n}\n",
        "a = -x.y + !z == 3 ? 1 : 2\n",
        "a = provider::terraform::decode_tfvars(x)\n",
        "a = { a = 1, a = 2 }\n",
        "a = 1 # comment",
        "a = \"$${x} %%{y} $ % 100%\"\n",
        "/* a\nb */ a = 1 /* c */\n",
        "foo \"a\" b {}\n",
        "a = 1.5e+3\n",
        "a = <<-EOT\n  ${x ~}\n   y\n  %{ for a in b ~}\n${a}\n  %{ endfor }\n  EOT\n",
        "a = \"${x}\" == \"b\" ? \"${\"c\"}\" : \"\\u00e9\\t\"\n",
        "",
        "\n\n",
    ] {
        let document = read(text);
        assert_eq!(document.errors, Vec::new(), "refused: {text}");
    }
}

#[test]
fn deep_lists_and_long_chains_are_read_up_to_the_bounds() {
    let nested = |depth: usize| format!("a = {}{}\n", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read(&nested(140)).errors, Vec::new());
    let errors = read(&nested(100_000)).errors;
    assert!(errors[0].message.contains("levels deep"), "{errors:?}");
    assert_eq!(read(&format!("a = 1{}\n", " + 1".repeat(900))).errors, Vec::new());
    let errors = read(&format!("a = 1{}\n", " + 1".repeat(100_000))).errors;
    assert!(errors[0].message.contains("operators in one chain"), "{errors:?}");
    let errors = read(&"a {\n".repeat(100_000)).errors;
    assert!(errors.iter().any(|error| error.message.contains("levels deep")), "{:?}", errors.first());
    for text in ["-", "!", "(", "{a=", "f(", "\"${", "[for x in ", "x[", "x?"] {
        let _ = read(&format!("a = {}", text.repeat(50_000)));
    }
}

#[test]
fn comments_keep_their_places() {
    let document = read("# one\na = 1 // two\n/* three */ b = [ # four\n 1]\n");
    let texts: Vec<&str> = document.comments.iter().map(|comment| document.file.slice(comment.span)).collect();
    assert_eq!(texts, ["# one", "// two", "/* three */", "# four"]);
}

#[test]
fn trim_markers_and_indentation_take_spaces_away() {
    let text = |source: &str| {
        let document = read(&format!("a = {source}\n"));
        let mut out = String::new();
        match &document.body.attributes[0].expr.kind {
            ExprKind::String(text) => out.push_str(text),
            ExprKind::Template(parts) => {
                for part in parts {
                    match part {
                        TemplatePart::Literal { text, .. } => out.push_str(text),
                        TemplatePart::Interpolation { span, .. } => out.push_str(document.file.slice(*span)),
                        _ => out.push('%'),
                    }
                }
            }
            other => panic!("{other:?}"),
        }
        out
    };
    assert_eq!(text("\"a  ${~ x ~}  b\""), "a${~ x ~}b");
    assert_eq!(text("<<-EOT\n    a\n\n      b\n    EOT"), "a\n\n  b\n");
    assert_eq!(text("<<-EOT\n    a\n  ${x}\n  EOT"), "  a\n${x}\n");
    assert_eq!(text("<<EOT\n  a ${x ~}\n   b\nEOT"), "  a ${x ~}   b\n");
    assert_eq!(text("\"\\\"\\n\""), "\"\n");
}
