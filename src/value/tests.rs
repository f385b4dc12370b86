//! The laws that everything above rests on, over generated values.

use proptest::prelude::*;

use super::*;

/// Three inputs with two, three and four cases.
fn inputs() -> Inputs {
    let mut inputs = Inputs::default();
    for (name, count) in [("A", 2), ("B", 3), ("C", 4)] {
        let cases = (0..count)
            .map(|case| Case {
                label: format!("{name}{case}").into(),
                value: Value::string(format!("{name}{case}"), OriginId::NONE),
                is_rest: case + 1 == count && name == "C",
            })
            .collect();
        inputs.add(Input { name: name.into(), kind: InputKind::Parameter, span: None, cases, default: None });
    }
    inputs
}

fn sizes() -> [usize; 3] {
    [2, 3, 4]
}

fn every_assignment() -> Vec<Assignment> {
    let mut all = Vec::new();
    for a in 0..2 {
        for b in 0..3 {
            for c in 0..4 {
                all.push(Assignment::default().with(InputId(0), a).with(InputId(1), b).with(InputId(2), c));
            }
        }
    }
    all
}

/// Scalars, and trees of choices over the three inputs with scalars at their leaves.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::absent(OriginId::NONE)),
        any::<bool>().prop_map(|value| Value::bool(value, OriginId::NONE)),
        (-3i64..3).prop_map(|value| Value::integer(value, OriginId::NONE)),
        "[ab]{0,2}".prop_map(|value| Value::string(value, OriginId::NONE)),
        Just(Value::unknown("nobody says", OriginId::NONE)),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        (0usize..3, proptest::collection::vec(inner, 4)).prop_map(|(input, cases)| {
            let cases = cases.into_iter().take(sizes()[input]).collect();
            choice(InputId(u32::try_from(input).unwrap()), cases)
        })
    })
}

fn show(value: &Value) -> String {
    match &value.data {
        Data::Choice(_) => "choice".to_owned(),
        other => format!("{other:?}"),
    }
}

fn any_truth() -> impl Strategy<Value = Truth> {
    prop_oneof![Just(Truth::True), Just(Truth::False), Just(Truth::Unknown)]
}

proptest! {
    #[test]
    fn kleene_logic_is_a_lattice_with_de_morgan(a in any_truth(), b in any_truth(), c in any_truth()) {
        prop_assert_eq!(a.and(b), b.and(a));
        prop_assert_eq!(a.or(b), b.or(a));
        prop_assert_eq!(a.and(b.and(c)), a.and(b).and(c));
        prop_assert_eq!(a.or(b.or(c)), a.or(b).or(c));
        prop_assert_eq!(!(a.and(b)), (!a).or(!b));
        prop_assert_eq!(a.and(b.or(c)), a.and(b).or(a.and(c)));
        prop_assert_eq!(!!a, a);
    }

    /// Combining and then deciding the inputs is deciding the inputs and then applying the function.
    #[test]
    fn combining_commutes_with_deciding(a in any_value(), b in any_value()) {
        let mut join = |values: &[&Value]| {
            Value::string(format!("{}|{}", show(values[0]), show(values[1])), OriginId::NONE)
        };
        let combined = combine(&[&a, &b], &mut join);
        for assignment in every_assignment() {
            let (left, right) = (assignment.resolve(&a).unwrap(), assignment.resolve(&b).unwrap());
            let direct = join(&[left, right]);
            let late = assignment.resolve(&combined).unwrap();
            prop_assert_eq!(direct.as_str(), late.as_str());
        }
    }

    /// No choice in a result decides an input that a choice above it decided already.
    #[test]
    fn combined_choices_never_ask_twice(a in any_value(), b in any_value()) {
        fn check(value: &Value, decided: &Assignment) -> bool {
            match &value.data {
                Data::Choice(choice) => {
                    decided.get(choice.input).is_none()
                        && choice.cases.iter().enumerate().all(|(case, value)| {
                            check(value, &decided.with(choice.input, case))
                        })
                }
                _ => true,
            }
        }
        let combined = combine(&[&a, &b], &mut |values| {
            Value::string(format!("{}{}", show(values[0]), show(values[1])), OriginId::NONE)
        });
        prop_assert!(check(&combined, &Assignment::default()));
    }

    #[test]
    fn applying_an_assignment_is_resolving_it(a in any_value()) {
        for assignment in every_assignment() {
            let applied = assignment.apply(&a);
            prop_assert_eq!(show(&applied), show(assignment.resolve(&a).unwrap()));
        }
    }

    #[test]
    fn equality_is_symmetric_and_never_denies_itself(a in any_value(), b in any_value()) {
        prop_assert_eq!(equal(&a, &b), equal(&b, &a));
        prop_assert_ne!(equal(&a, &a), Truth::False);
    }

    /// A text made by filling the open pieces is one that the partly known text could be.
    #[test]
    fn a_partly_known_text_could_be_whatever_fills_it(
        pieces in proptest::collection::vec((any::<bool>(), "[abé]{0,3}"), 0..6)
    ) {
        let whole: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
        let parts = pieces.iter().map(|(known, text)| {
            if *known {
                Part::Known(text.as_str().into(), OriginId::NONE)
            } else {
                let open = Unknown { why: "open".into(), symbol: None, shape: Shape::String };
                Part::Open(std::sync::Arc::new(open), OriginId::NONE)
            }
        });
        let value = join_parts(parts, OriginId::NONE);
        prop_assert!(text::could_be(&value, &whole));
        prop_assert_ne!(equal(&value, &Value::string(whole, OriginId::NONE)), Truth::False);
    }

    #[test]
    fn whole_numbers_survive_printing_and_reading(number in any::<i64>()) {
        prop_assert_eq!(Number::parse(&number.to_string()).and_then(|number| number.as_i64()), Some(number));
    }
}

#[test]
fn two_conditions_on_one_input_never_hold_against_each_other() {
    let inputs = inputs();
    let b = inputs.value(InputId(1), OriginId::NONE);
    let is = |label: &'static str| {
        combine(&[&b], &mut |values| Value::bool(values[0].as_str() == Some(label), OriginId::NONE))
    };
    let both = combine(&[&is("B0"), &is("B1")], &mut |values| {
        Value::bool(values[0].as_bool() == Some(true) && values[1].as_bool() == Some(true), OriginId::NONE)
    });
    for assignment in every_assignment() {
        assert_eq!(assignment.resolve(&both).unwrap().as_bool(), Some(false));
    }
}

#[test]
fn a_condition_that_is_not_known_takes_what_both_branches_agree_on() {
    let unknown = Value::unknown("imported", OriginId::NONE);
    let agree = select(&unknown, &mut || Value::integer(1, OriginId::NONE), &mut || Value::integer(1, OriginId::NONE));
    assert_eq!(agree.as_i64(), Some(1));
    let differ = select(&unknown, &mut || Value::integer(1, OriginId::NONE), &mut || Value::integer(2, OriginId::NONE));
    assert_eq!(differ.as_unknown().map(|unknown| unknown.why.as_str()), Some("imported"));
}

#[test]
fn past_the_bound_a_value_is_unknown_and_says_so() {
    let values: Vec<Value> = (0..9)
        .map(|input| {
            choice(InputId(input), vec![Value::bool(true, OriginId::NONE), Value::bool(false, OriginId::NONE)])
        })
        .collect();
    let refs: Vec<&Value> = values.iter().collect();
    let mut count = 0;
    let combined = combine(&refs, &mut |_| {
        count += 1;
        Value::integer(count, OriginId::NONE)
    });
    assert!(combined.as_unknown().is_some_and(|unknown| unknown.why.contains("256 combinations")));
}

#[test]
fn cases_are_said_in_the_fewest_words() {
    let inputs = inputs();
    assert_eq!(inputs.describe_cases(InputId(1), &[0]), "B is B0");
    assert_eq!(inputs.describe_cases(InputId(1), &[0, 2]), "B is B0 or B2");
    assert_eq!(inputs.describe_cases(InputId(2), &[1, 2, 3]), "C is not C0");
    assert_eq!(inputs.describe_cases(InputId(2), &[3]), "C is none of C0, C1, C2");
    let both = Assignment::default().with(InputId(1), 1).with(InputId(0), 0);
    assert_eq!(inputs.describe(&both).as_deref(), Some("A is A0 and B is B1"));
    assert_eq!(inputs.describe(&Assignment::default()), None);
}

#[test]
fn combinations_that_a_rule_forbids_do_not_occur() {
    let mut inputs = inputs();
    let a = inputs.value(InputId(0), OriginId::NONE);
    inputs
        .constraints
        .push(combine(&[&a], &mut |values| Value::bool(values[0].as_str() != Some("A1"), OriginId::NONE)));
    assert!(inputs.is_possible(&Assignment::default()));
    assert!(inputs.is_possible(&Assignment::default().with(InputId(0), 0)));
    assert!(!inputs.is_possible(&Assignment::default().with(InputId(0), 1).with(InputId(2), 0)));
}

#[test]
fn a_trail_leads_from_the_attribute_to_the_line_that_decided() {
    use crate::source::{FileId, Span};
    let origins = Origins::new();
    let written = origins.hop(Span::new(FileId(0), 5, 10), Step::Default("Env".into()), OriginId::NONE);
    let attribute = origins.hop(Span::new(FileId(0), 50, 60), Step::Reference("parameter `Env`".into()), written);
    let trail = origins.trail(attribute);
    assert_eq!(trail.iter().map(|hop| hop.span.start).collect::<Vec<_>>(), [50, 5]);
    assert_eq!(origins.span(attribute).map(|span| span.start), Some(50));
    assert_eq!(origins.trail(OriginId::NONE), []);
}
