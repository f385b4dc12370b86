//! Throughput, start-up and scaling, on generated inputs. `cargo bench` prints the figures; nothing is asserted.

mod inputs;

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use dynalens::analysis::{self, Analysis, Request};
use dynalens::finding::triage::Date;
use dynalens::source::Disk;

fn main() {
    divan::main();
}

fn request(path: &Path) -> Request {
    let mut request = Request::new(Date::parse("2026-01-01").expect("a day of the calendar"));
    request.paths = vec![path.to_owned()];
    request
}

fn check(path: &Path) -> Analysis {
    analysis::run(&request(path), &Disk).expect("the request names a folder that is there")
}

fn bytes_below(path: &Path) -> usize {
    let entries = std::fs::read_dir(path).expect("the input is there").flatten();
    entries
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
            _ => entry.metadata().map_or(0, |data| usize::try_from(data.len()).unwrap_or(0)),
        })
        .sum()
}

fn bench_folder(bencher: Bencher<'_, '_>, path: &Path) {
    bencher.counter(BytesCount::new(bytes_below(path))).bench(|| black_box(check(black_box(path))));
}

/// A whole process over one small template: what a commit hook costs.
#[divan::bench]
fn process_on_a_small_template(bencher: Bencher<'_, '_>) {
    let path = inputs::small_template();
    bencher.bench(|| {
        Command::new(env!("CARGO_BIN_EXE_dynalens"))
            .args(["--format", "concise"])
            .arg(&path)
            .stdout(Stdio::null())
            .status()
            .expect("the binary was built for this")
    });
}

#[divan::bench]
fn small_template(bencher: Bencher<'_, '_>) {
    bench_folder(bencher, &inputs::small_template());
}

#[divan::bench]
fn template_of_300_resources(bencher: Bencher<'_, '_>) {
    bench_folder(bencher, &inputs::template_of_300_resources());
}

/// 45,000 resources, of which 2,150 are tables.
#[divan::bench(sample_count = 10)]
fn mixed_template_of_10_mb(bencher: Bencher<'_, '_>) {
    bench_folder(bencher, &inputs::mixed_template_of_10_mb());
}

/// 5,201 tables, each with a function that uses it: as hard as a template of this size can be.
#[divan::bench(sample_count = 10)]
fn template_of_10_mb(bencher: Bencher<'_, '_>) {
    bench_folder(bencher, &inputs::template_of_10_mb());
}

/// Findings with their fixes, as JSON and SARIF have them: they take looking at the file a second time.
#[divan::bench(args = [300, 1_200, 4_800], sample_count = 10)]
fn findings_with_fixes(bencher: Bencher<'_, '_>, resources: usize) {
    let path = inputs::template_of_resources(resources);
    bencher.counter(ItemsCount::new(resources)).bench(|| {
        let mut request = request(&path);
        request.fixes = true;
        black_box(analysis::run(&request, &Disk).expect("the request names a folder that is there"))
    });
}

#[divan::bench(args = [10, 100, 1_000, 10_000], sample_count = 10)]
fn mixed_files(bencher: Bencher<'_, '_>, count: usize) {
    let path = inputs::mixed_files(count);
    bencher.counter(ItemsCount::new(count)).bench(|| black_box(check(black_box(&path))));
}

/// Many root modules over few shared ones, for several environments each.
#[divan::bench(args = [20, 200], sample_count = 10)]
fn root_modules(bencher: Bencher<'_, '_>, roots: usize) {
    let path = inputs::root_modules(roots);
    bencher
        .counter(ItemsCount::new(roots))
        .counter(BytesCount::new(bytes_below(&path)))
        .bench(|| black_box(check(black_box(&path))));
}

/// The same with Terragrunt: what differs between the units stands in their inputs.
#[divan::bench(args = [20, 200], sample_count = 10)]
fn units(bencher: Bencher<'_, '_>, units: usize) {
    let path = inputs::units(units);
    bencher.counter(ItemsCount::new(units)).bench(|| black_box(check(black_box(&path))));
}

#[divan::bench(args = [1, 10, 50])]
fn local_modules(bencher: Bencher<'_, '_>, modules: usize) {
    let path = inputs::local_modules(modules);
    bencher.counter(ItemsCount::new(modules)).bench(|| black_box(check(black_box(&path))));
}
