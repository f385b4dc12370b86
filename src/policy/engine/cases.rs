//! Cases in words: which combinations of inputs a verdict holds in.

use std::collections::BTreeSet;

use crate::value::{Assignment, InputId, Inputs};

/// For each of some inputs, the cases that are meant.
type Cases = Vec<BTreeSet<usize>>;

/// Inputs beyond this number are all kept instead of looking for those that matter.
const MOST_INPUTS: usize = 12;

/// The shortest true description of some combinations against others; `None` where there are no others, because then
/// it holds in every case. Inputs that do not tell the two apart are left out.
#[must_use]
pub fn describe(inputs: &Inputs, these: &[&Assignment], others: &[&Assignment]) -> Option<String> {
    if others.is_empty() || these.is_empty() {
        return None;
    }
    let all: BTreeSet<InputId> =
        these.iter().chain(others).flat_map(|one| one.iter().map(|(input, _)| input)).collect();
    let all: Vec<InputId> = all.into_iter().collect();
    let chosen = smallest(&all, these, others);
    let ranges: Vec<usize> = chosen.iter().map(|input| inputs.get(*input).cases.len()).collect();
    let against: Vec<Cases> = others.iter().map(|one| project(one, &chosen, &ranges)).collect();
    let mut boxes: Vec<Cases> = Vec::new();
    for one in these {
        let mut cases = project(one, &chosen, &ranges);
        for (at, range) in ranges.iter().enumerate() {
            let narrow = std::mem::replace(&mut cases[at], (0..*range).collect());
            if against.iter().any(|other| overlap(&cases, other)) {
                cases[at] = narrow;
            }
        }
        if !boxes.contains(&cases) {
            boxes.push(cases);
        }
    }
    merge(&mut boxes);
    let alternatives: Vec<String> = boxes
        .iter()
        .map(|cases| {
            let parts: Vec<String> = chosen
                .iter()
                .zip(cases)
                .zip(&ranges)
                .filter(|((_, cases), range)| cases.len() < **range)
                .map(|((input, cases), _)| in_words(inputs, *input, cases))
                .collect();
            parts.join(" and ")
        })
        .collect();
    Some(alternatives.join(" or "))
}

/// The smallest set of inputs that tells the two groups apart.
fn smallest(all: &[InputId], these: &[&Assignment], others: &[&Assignment]) -> Vec<InputId> {
    if all.len() > MOST_INPUTS {
        return all.to_vec();
    }
    let apart = |chosen: &[InputId]| {
        these.iter().all(|one| {
            others.iter().all(|other| {
                chosen.iter().any(|input| matches!((one.get(*input), other.get(*input)), (Some(a), Some(b)) if a != b))
            })
        })
    };
    let mut sets: Vec<u32> = (0..1_u32 << all.len()).collect();
    sets.sort_by_key(|set| (set.count_ones(), *set));
    sets.into_iter()
        .map(|set| {
            let chosen = all.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0);
            chosen.map(|(_, input)| *input).collect::<Vec<_>>()
        })
        .find(|chosen| apart(chosen))
        .unwrap_or_else(|| all.to_vec())
}

fn project(one: &Assignment, chosen: &[InputId], ranges: &[usize]) -> Cases {
    chosen
        .iter()
        .zip(ranges)
        .map(|(input, range)| one.get(*input).map_or_else(|| (0..*range).collect(), |case| BTreeSet::from([case])))
        .collect()
}

fn overlap(one: &Cases, other: &Cases) -> bool {
    one.iter().zip(other).all(|(a, b)| a.intersection(b).next().is_some())
}

/// Joins what differs in one input only, and drops what another one holds already.
fn merge(boxes: &mut Vec<Cases>) {
    loop {
        let mut joined = None;
        'pairs: for a in 0..boxes.len() {
            for b in a + 1..boxes.len() {
                let differing: Vec<usize> = (0..boxes[a].len()).filter(|at| boxes[a][*at] != boxes[b][*at]).collect();
                let within = |x: &Cases, y: &Cases| x.iter().zip(y).all(|(x, y)| x.is_subset(y));
                if within(&boxes[b], &boxes[a]) {
                    joined = Some((a, b, None));
                } else if within(&boxes[a], &boxes[b]) {
                    joined = Some((b, a, None));
                } else if let [at] = differing.as_slice() {
                    joined = Some((a, b, Some(*at)));
                }
                if joined.is_some() {
                    break 'pairs;
                }
            }
        }
        let Some((kept, gone, at)) = joined else { return };
        if let Some(at) = at {
            let more = boxes[gone][at].clone();
            boxes[kept][at].extend(more);
        }
        boxes.remove(gone);
    }
}

fn in_words(inputs: &Inputs, id: InputId, cases: &BTreeSet<usize>) -> String {
    let input = inputs.get(id);
    let list: Vec<usize> = cases.iter().copied().collect();
    let missing: Vec<usize> = (0..input.cases.len()).filter(|case| !cases.contains(case)).collect();
    match missing.as_slice() {
        // Shorter than a list of all the others.
        [one] if list.len() > 1 && !input.cases[*one].is_rest => {
            format!("{} is not {}", input.name, input.cases[*one].label)
        }
        _ => inputs.describe_cases(id, &list),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Case, Input, InputKind, OriginId, Value};

    fn inputs() -> Inputs {
        let mut inputs = Inputs::default();
        let case = |label: &str, is_rest: bool| Case {
            label: label.into(),
            value: Value::string(label, OriginId::NONE),
            is_rest,
        };
        let input = |name: &str, cases: Vec<Case>| Input {
            name: name.into(),
            kind: InputKind::Parameter,
            span: None,
            cases,
            default: None,
        };
        inputs.add(input("Environment", vec![case("dev", false), case("test", false), case("prod", false)]));
        inputs.add(input("Region", vec![case("eu-west-1", false), case("anything else", true)]));
        inputs.add(input("Create", vec![case("true", false), case("false", false)]));
        inputs
    }

    fn at(list: &[(u32, usize)]) -> Assignment {
        list.iter().fold(Assignment::default(), |one, (input, case)| one.with(InputId(*input), *case))
    }

    fn said(these: &[Assignment], others: &[Assignment]) -> Option<String> {
        describe(&inputs(), &these.iter().collect::<Vec<_>>(), &others.iter().collect::<Vec<_>>())
    }

    #[test]
    fn what_holds_in_every_case_needs_no_words() {
        assert_eq!(said(&[at(&[(0, 0)]), at(&[(0, 1)]), at(&[(0, 2)])], &[]), None);
    }

    #[test]
    fn one_case_is_named() {
        assert_eq!(said(&[at(&[(0, 2)])], &[at(&[(0, 0)]), at(&[(0, 1)])]).unwrap(), "Environment is prod");
    }

    #[test]
    fn all_but_one_case_are_said_by_what_they_are_not() {
        assert_eq!(said(&[at(&[(0, 0)]), at(&[(0, 1)])], &[at(&[(0, 2)])]).unwrap(), "Environment is not prod");
        assert_eq!(said(&[at(&[(1, 1)])], &[at(&[(1, 0)])]).unwrap(), "Region is not eu-west-1");
    }

    #[test]
    fn inputs_that_do_not_matter_are_left_out() {
        let these = [at(&[(0, 2), (1, 0)]), at(&[(0, 2), (1, 1)])];
        let others = [at(&[(0, 0), (1, 0)]), at(&[(0, 1)]), at(&[(0, 0), (1, 1)])];
        assert_eq!(said(&these, &others).unwrap(), "Environment is prod");
    }

    #[test]
    fn several_inputs_are_joined() {
        let these = [at(&[(0, 2), (2, 0)])];
        let others = [at(&[(0, 2), (2, 1)]), at(&[(0, 0)]), at(&[(0, 1)])];
        assert_eq!(said(&these, &others).unwrap(), "Environment is prod and Create is true");
    }

    #[test]
    fn alternatives_are_joined() {
        let these = [at(&[(0, 2), (2, 0)]), at(&[(0, 2), (2, 1)]), at(&[(0, 0), (2, 0)]), at(&[(0, 1), (2, 0)])];
        let others = [at(&[(0, 0), (2, 1)]), at(&[(0, 1), (2, 1)])];
        assert_eq!(said(&these, &others).unwrap(), "Create is true or Environment is prod");
    }
}
