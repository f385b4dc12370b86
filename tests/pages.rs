//! The built-in pages: their examples come out as they say, in every form of their language, and the set of pages is
//! in order.

use dynalens::analysis::examples::{analyse, check};
use dynalens::policy::Pack;
use dynalens::policy::page::{Dialect, examples};

#[test]
fn every_example_comes_out_as_its_page_says() {
    let only = std::env::var("PAGE").unwrap_or_default();
    let pack = Pack::built_in();
    let mut wrong = Vec::new();
    for page in pack.iter().filter(|page| page.name.contains(&only)) {
        for example in examples(&page.text, &mut Vec::new()) {
            if example.dialect != Dialect::Terraform {
                continue;
            }
            let heard = analyse(&example, page, &pack);
            let line = page.text[..example.start].lines().count() + 1;
            for one in check(&example, &heard) {
                wrong.push(format!("policies/{}/{}.md:{line}: {}: {one}", page.pillar, page.name, example.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{} examples do not come out:\n{}", wrong.len(), wrong.join("\n"));
}
