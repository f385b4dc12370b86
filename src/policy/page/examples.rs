//! The examples of a page, which are its tests: what is analysed, with which settings, and what has to come out.

use crate::policy::expression::{Constant, Mistake};
use crate::policy::level::Profile;

use super::body::sections;
use super::yaml;

/// The language of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    CloudFormation,
    Sam,
    Terraform,
}

impl Dialect {
    pub const ALL: &'static [Self] = &[Self::CloudFormation, Self::Sam, Self::Terraform];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CloudFormation => "cloudformation",
            Self::Sam => "sam",
            Self::Terraform => "terraform",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dialect| dialect.name() == name)
    }
}

/// What the policy says of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    Fails,
    Passes,
    Undetermined,
}

/// One project that is analysed by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    pub expectation: Expectation,
    /// The rest of the heading.
    pub title: String,
    pub dialect: Dialect,
    pub files: Vec<ExampleFile>,
    /// `params=Name=value`: parameters or variables that the user sets.
    pub parameters: Vec<(String, String)>,
    /// `options={name: value}`: the policy's options.
    pub options: Vec<(String, Constant)>,
    pub closed_world: bool,
    /// The Region that it is deployed to.
    pub region: Option<String>,
    /// The account of the deployment.
    pub account: Option<String>,
    pub profile: Option<Profile>,
    /// The byte range of the first fence's first line in the page.
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    pub name: String,
    /// The text without the lines that mark.
    pub text: String,
    pub marks: Vec<Mark>,
}

/// Characters of an example that a finding has to point at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Byte range in the file's text.
    pub start: usize,
    pub end: usize,
    /// What the finding's message has to contain.
    pub message: Option<String>,
    /// The case in which the finding holds (`Environment is prod`); without it the case is not looked at.
    pub when: Option<String>,
}

/// A fence under a heading of an example.
struct Fence<'t> {
    info: &'t str,
    text: &'t str,
    start: usize,
    end: usize,
}

/// The examples of a page, in order. Mistakes in their form are added.
pub fn examples(text: &str, mistakes: &mut Vec<Mistake>) -> Vec<Example> {
    let mut list: Vec<Example> = Vec::new();
    let Some(section) = sections(text).into_iter().find(|section| section.title == "Examples") else { return list };
    let mut heading: Option<(Expectation, String)> = None;
    // Only files with names join the example before them, and only under the same heading.
    let mut joins: Option<usize> = None;
    let mut lines = section.text.split_inclusive('\n');
    let mut at = section.text_start;
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
        let trimmed = line.trim_end();
        if let Some(title) = trimmed.strip_prefix("## ") {
            joins = None;
            heading = expectation(title);
            if heading.is_none() {
                mistakes.push(Mistake {
                    start,
                    end: start + trimmed.len(),
                    message: "the heading of an example says what comes out".into(),
                    help: Some("write `## Fails: ...`, `## Passes: ...` or `## Undetermined: ...`".into()),
                });
            }
            continue;
        }
        let Some(info) = trimmed.strip_prefix("```") else { continue };
        let body = at;
        let mut closed = false;
        let mut body_end = body;
        for line in lines.by_ref() {
            body_end = at;
            at += line.len();
            if line.trim_end() == "```" {
                closed = true;
                break;
            }
        }
        let end = start + trimmed.len();
        if !closed {
            let help = Some("close it with ```` ``` ````".into());
            mistakes.push(Mistake { start, end, message: "the code is not closed".into(), help });
            break;
        }
        let Some((expectation, title)) = &heading else {
            let help = Some("put it under `## Fails: ...` or `## Passes: ...`".into());
            mistakes.push(Mistake { start, end, message: "this example stands under no heading".into(), help });
            continue;
        };
        let fence = Fence { info, text: &text[body..body_end], start, end };
        let Some((mut example, named)) = example(&fence, *expectation, title, mistakes) else { continue };
        match joins.and_then(|index| list.get_mut(index)).filter(|before| named && before.dialect == example.dialect) {
            Some(before) => {
                before.files.append(&mut example.files);
                before.parameters.append(&mut example.parameters);
                before.options.append(&mut example.options);
                before.closed_world |= example.closed_world;
                before.region = before.region.take().or(example.region);
                before.account = before.account.take().or(example.account);
                before.profile = before.profile.or(example.profile);
            }
            None => {
                list.push(example);
                joins = named.then_some(list.len() - 1);
            }
        }
    }
    list
}

fn expectation(title: &str) -> Option<(Expectation, String)> {
    let (word, title) = title.split_once(':')?;
    let expectation = match word.trim() {
        "Fails" => Expectation::Fails,
        "Passes" => Expectation::Passes,
        "Undetermined" => Expectation::Undetermined,
        _ => return None,
    };
    Some((expectation, title.trim().to_owned()))
}

/// The example of one fence, and whether its file has a name of its own.
fn example(
    fence: &Fence<'_>,
    expectation: Expectation,
    title: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<(Example, bool)> {
    let mut complain = |message: String, help: &str| {
        mistakes.push(Mistake { start: fence.start, end: fence.end, message, help: Some(help.to_owned()) });
    };
    let (settings, options) = match fence.info.split_once("options={") {
        Some((before, rest)) => match rest.rsplit_once('}') {
            Some((inner, after)) => (format!("{before}{after}"), Some(format!("{{{inner}}}"))),
            None => {
                complain("the options are not closed".into(), "write `options={name: value}`");
                return None;
            }
        },
        None => (fence.info.to_owned(), None),
    };
    let mut words = settings.split_whitespace();
    let (syntax, dialect) = (words.next().unwrap_or_default(), words.next().and_then(Dialect::from_name));
    let extension = match (syntax, dialect) {
        ("yaml", Some(Dialect::CloudFormation | Dialect::Sam)) => "yaml",
        ("json", Some(Dialect::CloudFormation | Dialect::Sam)) => "json",
        ("hcl", Some(Dialect::Terraform)) => "tf",
        ("json", Some(Dialect::Terraform)) => "tf.json",
        _ => {
            complain(
                format!("`{}` is no language of an example", fence.info.trim()),
                "write ```yaml cloudformation, ```yaml sam or ```hcl terraform",
            );
            return None;
        }
    };
    let dialect = dialect?;
    let stem = if dialect == Dialect::Terraform { "main" } else { "template" };
    let mut example = Example {
        expectation,
        title: title.to_owned(),
        dialect,
        files: Vec::new(),
        parameters: Vec::new(),
        options: Vec::new(),
        closed_world: false,
        region: None,
        account: None,
        profile: None,
        start: fence.start,
        end: fence.end,
    };
    let mut name = None;
    for word in words {
        match word.split_once('=') {
            Some(("file", file)) => name = Some(file.to_owned()),
            Some(("params", pair)) => match pair.split_once('=') {
                Some((parameter, value)) => example.parameters.push((parameter.to_owned(), value.to_owned())),
                None => complain(format!("`{word}` gives no value"), "write `params=Name=value`"),
            },
            Some(("profile", profile)) => {
                example.profile = Profile::from_name(profile);
                if example.profile.is_none() {
                    complain(format!("there is no profile `{profile}`"), "it is default, strict or all");
                }
            }
            Some(("region", region)) => example.region = Some(region.to_owned()),
            Some(("account", account)) => example.account = Some(account.to_owned()),
            None if word == "closed-world" => example.closed_world = true,
            _ => complain(
                format!("an example has no setting `{word}`"),
                "there are file=, params=, options={}, profile=, region=, account= and closed-world",
            ),
        }
    }
    if let Some(options) = options {
        match yaml::read(&options, 0).map(|node| node.constant()) {
            Ok(Constant::Map(entries)) => example.options = entries,
            _ => complain("the options can't be read".into(), "write `options={name: value}`"),
        }
    }
    let named = name.is_some();
    let file = name.unwrap_or_else(|| format!("{stem}.{extension}"));
    let (text, marks) = read_marks(fence.text);
    example.files.push(ExampleFile { name: file, text, marks });
    Some((example, named))
}

/// Takes the lines that mark out of a text. `# ^^^ message; when Input is value` marks the characters above the
/// carets; a `#` that touches the first caret counts as one.
fn read_marks(text: &str) -> (String, Vec<Mark>) {
    let mut kept = String::with_capacity(text.len());
    let mut marks = Vec::new();
    let mut last_start = 0;
    for line in text.split_inclusive('\n') {
        let Some((from, count, rest)) = carets(line) else {
            last_start = kept.len();
            kept.push_str(line);
            continue;
        };
        let above = kept[last_start..].trim_end_matches(['\n', '\r']);
        let offset = |column: usize| above.char_indices().nth(column).map_or(above.len(), |(offset, _)| offset);
        let (start, end) = (last_start + offset(from), last_start + offset(from + count));
        let (message, when) = match rest.split_once("when ") {
            Some((message, when)) => (message.trim().trim_end_matches(';').trim(), Some(when.trim().to_owned())),
            None => (rest, None),
        };
        let message = (!message.is_empty()).then(|| message.to_owned());
        marks.push(Mark { start, end, message, when });
    }
    (kept, marks)
}

/// The first column (in characters), the number and the text of a line of carets.
fn carets(line: &str) -> Option<(usize, usize, &str)> {
    let indent = line.chars().take_while(|character| character.is_whitespace()).count();
    let rest = line.trim_start().strip_prefix('#')?;
    let gap = rest.chars().take_while(|character| *character == ' ').count();
    let body = rest.trim_start_matches(' ');
    let count = body.chars().take_while(|character| *character == '^').count();
    if count == 0 {
        return None;
    }
    let text = body.trim_start_matches('^').trim();
    Some(if gap == 0 { (indent, count + 1, text) } else { (indent + 1 + gap, count, text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carets_mark_the_characters_above_them() {
        let (text, marks) =
            read_marks("a: 1\nkey: wrong\n#    ^^^^^ is wrong; when Env is dev\nb: 2\nblock {\n#^^^^\n");
        assert_eq!(text, "a: 1\nkey: wrong\nb: 2\nblock {\n");
        assert_eq!(&text[marks[0].start..marks[0].end], "wrong");
        assert_eq!(marks[0].message.as_deref(), Some("is wrong"));
        assert_eq!(marks[0].when.as_deref(), Some("Env is dev"));
        assert_eq!(&text[marks[1].start..marks[1].end], "block");
        assert_eq!((&marks[1].message, &marks[1].when), (&None, &None));
    }
}
