//! How a page's conditions decide one case, the long way.

use crate::model::Entity;
use crate::policy::Profile;
use crate::policy::evaluate::{Condition, Outcome, Scene};
use crate::policy::page::{Page, Scope};
use crate::value::{Data, InputId, OriginId, Text, Value};

use super::{Judge, Leaf, condition, exhausted};

/// What the conditions say where it is neither a pass nor hangs on an input.
enum Decided {
    Failed(Outcome),
    Open(Text, OriginId),
}

/// What stands between a condition and its truth.
#[derive(Default)]
struct Doubt {
    need: Option<InputId>,
    why: Option<(Text, OriginId)>,
}

impl Doubt {
    /// The known truth; otherwise what is in doubt is noted.
    fn hear(&mut self, condition: Condition) -> Option<bool> {
        match condition {
            Condition::Known(truth) => return Some(truth),
            Condition::Need(input) => self.need = self.need.or(Some(input)),
            Condition::Unknown(why, origin) => {
                self.why.get_or_insert((why, origin));
            }
            Condition::Error(why) => {
                let why = format!("the policy's condition makes no sense here: {why}");
                self.why.get_or_insert((why.into(), OriginId::NONE));
            }
        }
        None
    }
}

impl Judge<'_, '_> {
    /// `None` where it takes evidence, and the scene has none.
    pub(super) fn verdict(&self, scene: &Scene<'_>, entity: &Entity) -> Option<Leaf> {
        match self.decide(scene, entity) {
            Err(leaf) => Some(leaf),
            Ok(_) if scene.is_without_evidence() => None,
            Ok(Decided::Open(why, origin)) => Some(Leaf::Undetermined(why, origin)),
            Ok(Decided::Failed(required)) => Some(self.failed(scene, entity, required)),
        }
    }

    /// How the conditions decide; a leaf where that takes no evidence.
    fn decide(&self, scene: &Scene<'_>, entity: &Entity) -> Result<Decided, Leaf> {
        let assignment = scene.assignment;
        let mut doubt = Doubt::default();
        match assignment.resolve(&entity.exists) {
            Ok(Value { data: Data::Bool(false), .. }) => return Err(Leaf::Nothing),
            Ok(_) => {}
            Err(input) => doubt.need = Some(input),
        }
        if let Some(when) = &self.page.when
            && doubt.hear(condition(scene, when)?.as_truth()) == Some(false)
        {
            return Err(Leaf::Pass);
        }
        let required = condition(scene, &self.page.require)?;
        if doubt.hear(required.as_truth()) == Some(true) {
            return Err(Leaf::Pass);
        }
        if let Some(input) = doubt.need {
            return Err(Leaf::Need(input));
        }
        if self.is_quiet(scene, entity, &mut doubt)? {
            return Err(Leaf::Pass);
        }
        if let Some(input) = doubt.need {
            return Err(Leaf::Need(input));
        }
        Ok(match doubt.why {
            Some((why, origin)) => Decided::Open(why, origin),
            None => Decided::Failed(required),
        })
    }

    /// Whether the policy does not speak in this case, whatever its condition says.
    fn is_quiet(&self, scene: &Scene<'_>, entity: &Entity, doubt: &mut Doubt) -> Result<bool, Leaf> {
        let speaks_everywhere = self.settings.profile != Profile::Default;
        let only_production = self.page.production_only && !speaks_everywhere;
        if only_production || self.page.non_production_only {
            let non_production = match self.settings.production {
                Some(production) => Some(!production),
                None => {
                    let outcome = scene.non_production().map_err(|_| exhausted())?;
                    doubt.hear(outcome.as_truth())
                }
            };
            if only_production && non_production == Some(true)
                || self.page.non_production_only && non_production == Some(false)
            {
                return Ok(true);
            }
        }
        if self.page.scope == Scope::Stack && !self.settings.closed_world {
            let Some(companion) = &self.page.companion else { return Ok(true) };
            if doubt.hear(condition(scene, companion)?.as_truth()) == Some(false) {
                return Ok(true);
            }
        }
        for (other, options) in self.giving_way {
            if self.gives_way(scene, entity, other, options, doubt)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether another policy's condition fails in the same case, on the same entity or on the table that it
    /// belongs to.
    fn gives_way(
        &self,
        scene: &Scene<'_>,
        entity: &Entity,
        other: &Page,
        options: &[(Text, Value)],
        doubt: &mut Doubt,
    ) -> Result<bool, Leaf> {
        let id = if other.applies_to.contains(&entity.subject) {
            Some(scene.entity)
        } else {
            let table = entity.fields.get("table");
            match table.map(|table| scene.assignment.resolve(table)) {
                Some(Ok(table)) => table.as_entity(),
                Some(Err(input)) => {
                    doubt.need = doubt.need.or(Some(input));
                    None
                }
                None => None,
            }
        };
        let Some(id) = id.filter(|id| other.applies_to.contains(&self.world.model.get(*id).subject)) else {
            return Ok(false);
        };
        let scene = Scene::new(self.world, id, scene.assignment, options, &other.lets).without_evidence();
        // Where the other one is itself undetermined, this one speaks; only an open input has to be decided first.
        let mut of_other = Doubt::default();
        if let Some(when) = &other.when
            && of_other.hear(condition(&scene, when)?.as_truth()) == Some(false)
        {
            return Ok(false);
        }
        let required = of_other.hear(condition(&scene, &other.require)?.as_truth());
        if required == Some(true) {
            return Ok(false);
        }
        doubt.need = doubt.need.or(of_other.need);
        Ok(required == Some(false) && of_other.need.is_none() && of_other.why.is_none())
    }
}
