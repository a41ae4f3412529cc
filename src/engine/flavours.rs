//! Pushes flavours to a target, once each, without judging the answers: the table of image-spec#1025.

use super::outcome::access_denied;
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Observation, Questions};
use crate::generate::Flavour;
use crate::registry::Change;
use crate::render::render;
use crate::shape::Shape;
use crate::transport::{Repository, Target};

/// A flavour that was pushed once.
#[derive(Debug)]
pub struct PushedFlavour<'p> {
    /// The flavour.
    pub flavour: &'p Flavour,
    /// The shape that was pushed: the flavour's, after the change.
    pub shape: Shape,
    /// The change applied to the flavour, if any.
    pub change: Option<&'p Change>,
    /// What the target answered, or why the flavour was not tested.
    pub seen: Result<Observation, Trouble>,
}

/// Pushes each flavour under its own tag, in order. `changes` are those of an embedded target's profile; live targets
/// have none. If the target cannot be reached or denies access to the base, every flavour reports that trouble.
///
/// # Examples
///
/// ```
/// use manifuzz::engine::push_flavours;
/// use manifuzz::exchange::Questions;
/// use manifuzz::generate::flavours;
/// use manifuzz::transport::{Opening, open};
///
/// let target = open("embedded:clean", &Opening { nonce: "run1".to_owned(), ..Opening::default() })?;
/// let flavours: Vec<_> = flavours().iter().collect();
/// for pushed in push_flavours(target.as_ref(), &flavours, &[], Questions::NONE) {
///     let accepted = pushed.seen?.accepted();
///     println!("{}: {}", pushed.flavour.name, if accepted { "accepted" } else { "rejected" });
/// }
/// # Ok::<(), manifuzz::error::Error>(())
/// ```
pub fn push_flavours<'p>(
    target: &dyn Target,
    flavours: &[&'p Flavour],
    changes: &'p [Change],
    questions: Questions,
) -> Vec<PushedFlavour<'p>> {
    let pinged = target.ping(&render(&Shape::base()));
    let base =
        pinged.and_then(|()| push(target, &Shape::base(), questions)).and_then(|seen| match base_refused(&seen) {
            Some(status) => Err(access_trouble(target, status)),
            None => Ok(seen),
        });
    let pushed = |flavour: &&'p Flavour| {
        let flavour = *flavour;
        let change = changes.iter().find(|change| touches(change, &flavour.shape));
        let changed = change.map_or_else(|| Some(flavour.shape.clone()), |c| without(&flavour.shape, &c.without));
        let seen = base.as_ref().map_err(Clone::clone).and_then(|_| match &changed {
            Some(shape) => push(target, shape, questions),
            None => Err(cannot_change(target, &flavour.shape)),
        });
        let shape = changed.unwrap_or_else(|| flavour.shape.clone());
        PushedFlavour { flavour, shape, change, seen }
    };
    flavours.iter().map(pushed).collect()
}

fn push(target: &dyn Target, shape: &Shape, questions: Questions) -> Result<Observation, Trouble> {
    let seen = target.fire(&render(shape), Repository::Main, questions)?;
    match access_denied(&seen) {
        Some((_, status)) => Err(access_trouble(target, status)),
        None => Ok(seen),
    }
}

/// A 403 for the base means that access is denied; it does not depend on the content.
fn base_refused(seen: &Observation) -> Option<u16> {
    seen.answers().map(|(_, answer)| answer.status).find(|status| *status == 403)
}

fn access_trouble(target: &dyn Target, status: u16) -> Trouble {
    let cause = format!("answered {status}");
    Trouble::new(TroubleKind::of_status(status), "pushing a flavour", target.name(), cause)
}

/// Whether a part of a shape's text belongs to the slot: the slot itself, its sub-slots, its content and facts.
fn belongs(part: &str, slot: &str) -> bool {
    let name = part.split('=').next().unwrap_or_default();
    let place = name.strip_prefix("content.").or_else(|| name.strip_prefix("facts.")).unwrap_or(name);
    place == slot || place.strip_prefix(slot).is_some_and(|rest| rest.starts_with('.'))
}

fn touches(change: &Change, shape: &Shape) -> bool {
    shape.to_string().split(';').any(|part| belongs(part, &change.without))
}

/// The shape without a slot and everything that belongs to it; `None` if the rest is not a valid shape.
fn without(shape: &Shape, slot: &str) -> Option<Shape> {
    let text = shape.to_string();
    let kept: Vec<&str> = text.split(';').filter(|part| !belongs(part, slot)).collect();
    if kept.is_empty() { Some(Shape::base()) } else { kept.join(";").parse().ok() }
}

fn cannot_change(target: &dyn Target, shape: &Shape) -> Trouble {
    let cause = "removing the slot that `changes` in the profile names does not leave a valid shape";
    Trouble::new(TroubleKind::Protocol, format!("pushing {shape} without a slot"), target.name(), cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_taken_out_with_all_that_belongs_to_it() {
        let shape: Shape = "facts.subject=missing;layers=empty;subject=present;subject.urls=one".parse().expect("one");
        assert_eq!(without(&shape, "subject"), "layers=empty".parse().ok());
        let only: Shape = "subject=present".parse().expect("one");
        assert_eq!(without(&only, "subject"), Some(Shape::base()));
    }
}
