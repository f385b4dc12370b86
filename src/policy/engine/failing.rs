//! A failure from its evidence: the texts, the primary place and what else decided.

use crate::model::Entity;
use crate::policy::evaluate::{Evidence, Outcome, Scene, What};
use crate::source::Span;
use crate::value::{Data, OriginId, Step, Value};

use super::{Failed, Judge, Leaf, Related, condition, exhausted, remedy};

impl Judge<'_, '_> {
    pub(super) fn failed(&self, scene: &Scene<'_>, entity: &Entity, required: Outcome) -> Leaf {
        let render = |template| scene.render(template).map_err(|_| exhausted());
        let (Ok(message), Ok(help), Ok(label)) = (
            render(&self.page.message),
            self.page.help.as_ref().map(render).transpose(),
            self.page.label.as_ref().map(render).transpose(),
        ) else {
            return exhausted();
        };
        let mut evidence = required.evidence;
        let mut named = 0;
        if let Some(blame) = &self.page.blame {
            let blamed = match condition(scene, blame) {
                Err(leaf) => return leaf,
                Ok(outcome) => outcome,
            };
            if let What::Need(input) = blamed.what {
                return Leaf::Need(input);
            }
            let blamed = blamed.evidence;
            evidence.retain(|one| !blamed.iter().any(|other| other.origin() == one.origin()));
            named = blamed.len();
            evidence.splice(0..0, blamed);
        }
        Leaf::Fail(Box::new(self.placed(scene, entity, &evidence, named, (message, help, label))))
    }

    fn is_absence(&self, one: &Evidence) -> bool {
        let step = self.world.origins.get(one.origin()).map(|origin| origin.step);
        one.value.is_unset() || matches!(step, Some(Step::Absent(_)))
    }

    /// Chooses the primary place: the first value that stands in the entity, those that the page names (the first
    /// `named`) before the others; else the first that the page names; else the entity's header.
    fn placed(
        &self,
        scene: &Scene<'_>,
        entity: &Entity,
        evidence: &[Evidence],
        named: usize,
        (message, help, label): (String, Option<String>, Option<String>),
    ) -> Failed {
        let origins = self.world.origins;
        let places: Vec<(usize, &Evidence, Span)> =
            evidence.iter().enumerate().filter_map(|(at, one)| Some((at, one, origins.span(one.origin())?))).collect();
        let inside = |(at, _, span): &&(usize, &Evidence, Span), wanted: bool| {
            (*at < named) == wanted && entity.span.contains(*span)
        };
        let primary = places
            .iter()
            .find(|place| inside(place, true))
            .or_else(|| places.iter().find(|(at, ..)| *at < named))
            .or_else(|| places.iter().find(|place| inside(place, false)));
        let called = || format!("`{}`", entity.name);
        let (span, origin, own) = match primary {
            Some((_, one, span)) => {
                let own = scene.describe(&one.value);
                // Of what is derived from the whole, only its absence is worth words at the header.
                let own = own.filter(|_| *span != entity.header || self.is_absence(one));
                (*span, one.origin(), own.unwrap_or_else(called))
            }
            None => (entity.header, OriginId::NONE, called()),
        };
        // Where the page names what is wrong, the other items of the same list are not what is wrong.
        let mut beside = Vec::new();
        if named > 0 {
            items_beside(&entity.fields, origin, 0, &mut beside);
        }
        let mut related: Vec<Related> = Vec::new();
        for (_, one, place) in places.iter().filter(|(at, one, _)| *at < named || !beside.contains(&one.origin())) {
            let Some(message) = scene.describe(&one.value) else { continue };
            let derived = *place == entity.header && !self.is_absence(one);
            if *place != span && !derived && !related.iter().any(|other| other.span == *place) {
                related.push(Related { origin: one.origin(), span: *place, message });
            }
        }
        let remedy = if self.settings.fixes { remedy::remedy(scene, self.page) } else { None };
        Failed { message, help, primary: span, origin, label: label.unwrap_or(own), related, remedy }
    }
}

/// The places of the items of lists that hold a value at an origin.
fn items_beside(value: &Value, origin: OriginId, depth: usize, beside: &mut Vec<OriginId>) {
    if origin.is_none() || depth > MAX_DEPTH {
        return;
    }
    match &value.data {
        Data::Map(map) => map.entries.iter().for_each(|entry| items_beside(&entry.value, origin, depth + 1, beside)),
        Data::Choice(choice) => choice.cases.iter().for_each(|case| items_beside(case, origin, depth + 1, beside)),
        Data::List(list) => {
            if list.items.iter().any(|item| item.origin == origin) {
                let others = list.items.iter().map(|item| item.origin).filter(|other| *other != origin);
                beside.extend(others);
            }
            list.items.iter().for_each(|item| items_beside(item, origin, depth + 1, beside));
        }
        _ => {}
    }
}

/// Fields are nested a few levels deep; policy documents more.
const MAX_DEPTH: usize = 24;
