use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering as Order};

use super::super::file_system::{Disk, Overlay};
use super::super::relevance::Marker;
use super::*;

const TEMPLATE: &str = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n";

/// A directory that goes away with its value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(files: &[(&str, &str)]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("dynalens-discover-{}-{}", std::process::id(), NEXT.fetch_add(1, Order::Relaxed));
        let scratch = Self(std::env::temp_dir().join(name));
        for (path, text) in files {
            scratch.write(path, text.as_bytes());
        }
        scratch
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn options(&self, paths: &[&str]) -> DiscoverOptions {
        let paths = paths.iter().map(|path| self.0.join(path).to_string_lossy().into_owned()).collect();
        DiscoverOptions { paths, exclude: Vec::new(), base: self.0.clone() }
    }

    fn find(&self, options: &DiscoverOptions) -> (Vec<String>, Found) {
        let found = discover(&Disk, options);
        let names = found
            .files
            .iter()
            .map(|file| file.path.strip_prefix(&self.0).unwrap_or(&file.path).to_string_lossy().into_owned());
        (names.collect(), found)
    }

    fn names(&self, paths: &[&str]) -> Vec<String> {
        self.find(&self.options(paths)).0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn candidates_are_found_by_name_and_content_and_sorted() {
    let scratch = Scratch::new(&[
        ("z.yaml", TEMPLATE),
        ("a/b.template", "{\"Resources\": {\"T\": {\"Type\": \"AWS::DynamoDB::Table\"}}}"),
        ("a/deploy.yml", "kind: Deployment\n"),
        ("package.json", "{}"),
        ("notes.txt", TEMPLATE),
        ("tf/main.tf", "resource \"aws_dynamodb_table\" \"t\" {}"),
        ("tf/other.tf", "locals {}"),
        ("tf/prod.tfvars", "a = 1"),
    ]);
    let (names, found) = scratch.find(&scratch.options(&[""]));
    assert_eq!(names, ["a/b.template", "tf/main.tf", "tf/other.tf", "z.yaml"]);
    assert!(found.problems.is_empty());
    assert_eq!(found.files[0].kind, FileKind::Json);
    assert!(found.files[1].relevance.has(Marker::DynamoDb));
    assert_eq!(found.files[2].text, None);
    assert_eq!(found.files[3].text.as_deref(), Some(TEMPLATE));
    assert_eq!(found.scanned, 6);
}

#[test]
fn ignored_hidden_and_made_directories_are_left_out() {
    let scratch = Scratch::new(&[
        (".gitignore", "generated/\n*.gen.yaml\n"),
        ("generated/a.yaml", TEMPLATE),
        ("b.gen.yaml", TEMPLATE),
        ("node_modules/c.yaml", TEMPLATE),
        (".terraform/modules/d.tf", "module \"x\" {}"),
        (".aws-sam/build/template.yaml", TEMPLATE),
        ("target/e.yaml", TEMPLATE),
        ("cdk.out/asset.123/f.yaml", TEMPLATE),
        ("cdk.out/Stack.template.json", "{\"Resources\": {\"T\": {\"Type\": \"AWS::DynamoDB::Table\"}}}"),
        (".github/g.yaml", TEMPLATE),
        ("h.yaml", TEMPLATE),
    ]);
    assert_eq!(scratch.names(&[""]), [".github/g.yaml", "cdk.out/Stack.template.json", "h.yaml"]);
}

#[test]
fn a_directory_that_is_named_is_walked_though_it_is_ignored() {
    let scratch = Scratch::new(&[(".gitignore", "cdk.out\n*.gen.yaml\n"), ("cdk.out/a.yaml", TEMPLATE)]);
    scratch.write("infra/b.gen.yaml", TEMPLATE.as_bytes());
    scratch.write("infra/c.yaml", TEMPLATE.as_bytes());
    assert_eq!(scratch.names(&["cdk.out", "infra"]), ["cdk.out/a.yaml", "infra/c.yaml"]);
}

#[test]
fn files_that_are_named_are_taken_whatever_they_are() {
    let scratch = Scratch::new(&[
        (".gitignore", "ignored.yaml\n"),
        ("ignored.yaml", TEMPLATE),
        ("odd.txt", TEMPLATE),
        ("plain.yaml", "a: 1"),
        ("found.yaml", TEMPLATE),
    ]);
    let mut options = scratch.options(&["ignored.yaml", "odd.txt", "plain.yaml", "", "found.yaml"]);
    options.exclude = vec!["*.yaml".into()];
    let (names, found) = scratch.find(&options);
    assert_eq!(names, ["found.yaml", "ignored.yaml", "odd.txt", "plain.yaml"]);
    assert!(found.files.iter().all(|file| file.explicit && file.text.is_some()));
}

#[test]
fn excludes_fit_paths_below_their_base_and_bare_names_anywhere() {
    let scratch = Scratch::new(&[
        ("vendor/a.yaml", TEMPLATE),
        ("x/vendor/b.yaml", TEMPLATE),
        ("x/tests/c.yaml", TEMPLATE),
        ("x/d.yaml", TEMPLATE),
    ]);
    let mut options = scratch.options(&[""]);
    options.exclude = vec!["vendor/**".into(), "tests/".into()];
    assert_eq!(scratch.find(&options).0, ["x/d.yaml", "x/vendor/b.yaml"]);
    options.exclude = vec!["[".into()];
    assert!(matches!(scratch.find(&options).1.problems[0].reason, Reason::BadPattern(_)));
}

#[test]
fn globs_are_understood_where_no_shell_expands_them() {
    let scratch = Scratch::new(&[("infra/a.yml", "a: 1"), ("infra/x/y/b.yml", TEMPLATE), ("c.yml", TEMPLATE)]);
    assert_eq!(scratch.names(&["infra/**/*.yml"]), ["infra/a.yml", "infra/x/y/b.yml"]);
    assert_eq!(scratch.names(&["infra/*.yml"]), ["infra/a.yml"]);
    let (names, found) = scratch.find(&scratch.options(&["infra/*.json"]));
    assert!(names.is_empty());
    assert_eq!(found.problems[0].reason, Reason::NoMatch);
}

#[test]
fn what_is_missing_or_no_text_is_told() {
    let scratch = Scratch::new(&[("good.yaml", TEMPLATE)]);
    scratch.write("latin.yaml", b"Resources: # \xe9\n  T: AWS::DynamoDB::Table\n");
    scratch.write("data.json", b"\x00\xff");
    let (names, found) = scratch.find(&scratch.options(&["", "missing.yaml"]));
    assert_eq!(names, ["good.yaml"]);
    let reasons: Vec<&Reason> = found.problems.iter().map(|problem| &problem.reason).collect();
    assert_eq!(reasons, [&Reason::NotUtf8(13), &Reason::Missing]);
}

#[test]
fn a_directory_with_the_name_of_a_file_is_a_directory() {
    let scratch = Scratch::new(&[("x.tf/main.tf", "locals {}"), ("y.yaml/z.yaml", TEMPLATE)]);
    assert_eq!(scratch.names(&[""]), ["x.tf/main.tf", "y.yaml/z.yaml"]);
}

#[cfg(unix)]
#[test]
fn links_stay_inside_and_loops_end() {
    use std::os::unix::fs::symlink;
    let outside = Scratch::new(&[("secret.tf", "locals {}"), ("secret.yaml", TEMPLATE)]);
    let scratch = Scratch::new(&[("shared.tf", "locals {}"), ("a/main.tf", "locals {}"), ("t.yaml", TEMPLATE)]);
    symlink("../shared.tf", scratch.0.join("a/shared.tf")).unwrap();
    symlink(outside.0.join("secret.tf"), scratch.0.join("a/out.tf")).unwrap();
    symlink(outside.0.join("secret.yaml"), scratch.0.join("out.yaml")).unwrap();
    symlink("nowhere", scratch.0.join("a/broken.tf")).unwrap();
    symlink("..", scratch.0.join("a/loop")).unwrap();
    symlink("t.yaml", scratch.0.join("same.yaml")).unwrap();
    let (names, found) = scratch.find(&scratch.options(&[""]));
    assert_eq!(names, ["a/main.tf", "a/shared.tf", "shared.tf", "t.yaml"]);
    let reasons: Vec<&Reason> = found.problems.iter().map(|problem| &problem.reason).collect();
    assert_eq!(reasons, [&Reason::Missing, &Reason::LeadsOut]);
}

#[test]
fn a_directory_in_memory_is_walked_as_well() {
    let mut fs = Overlay::in_memory();
    fs.set("only-in-memory/x/a.yaml", TEMPLATE);
    fs.set("only-in-memory/node_modules/b.yaml", TEMPLATE);
    let found = discover(&fs, &DiscoverOptions { paths: vec!["only-in-memory".into()], ..Default::default() });
    let names: Vec<String> = found.files.iter().map(|file| file.path.to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["only-in-memory/x/a.yaml"]);
}
