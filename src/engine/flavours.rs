//! Pushes flavours to a target, once each, for the table of image-spec#1025. Judges nothing.

use super::outcome::who_may_not;
use crate::compare::words_of;
use crate::corpus::{Cell, Flavour, Line, Taken};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Depth, Observation, Probe, Reply};
use crate::foreign::escaped;
use crate::registry::{Change, Profile};
use crate::render::render;
use crate::shape::Shape;
use crate::target::{Place, Target};

/// One row: each flavour pushed with a tag of its own. `profile` is what an embedded target plays. Where the target
/// does not let the base in, every cell says why. `day` is the date of a test.
pub fn matrix_line(target: &dyn Target, flavours: &[&Flavour], profile: Option<&Profile>, day: &str) -> Line {
    let pinged = target.ping(&render(&Shape::base()));
    let base = pinged.and_then(|()| push(target, &Shape::base())).and_then(|seen| match base_refused(&seen) {
        Some(status) => Err(not_let_in(target, status)),
        None => Ok(seen),
    });
    let cells: Vec<Cell> = flavours
        .iter()
        .map(|flavour| {
            let change =
                profile.and_then(|profile| profile.changes.iter().find(|change| touches(change, &flavour.shape)));
            let changed = change.map_or_else(|| Some(flavour.shape.clone()), |c| without(&flavour.shape, &c.without));
            let seen = base.as_ref().map_err(Clone::clone).and_then(|_| match &changed {
                Some(shape) => push(target, shape),
                None => Err(cannot_change(target, &flavour.shape)),
            });
            let shape = changed.unwrap_or_else(|| flavour.shape.clone());
            let said = |list: &std::collections::BTreeMap<String, String>| list.get(&flavour.name).cloned();
            Cell {
                changed: change.map(|change| (change.without.clone(), change.note.clone())),
                uncertain: profile.and_then(|profile| said(&profile.uncertain)),
                note: profile.and_then(|profile| said(&profile.notes)),
                ..cell(&flavour.name, &shape, seen)
            }
        })
        .collect();
    let is_tested = cells.iter().any(|cell| cell.outcome != Taken::NotTested);
    let (date, source) = match profile {
        Some(profile) => (profile.date.clone(), profile.source.clone()),
        None => (day.to_owned(), if is_tested { "tested" } else { "not tested" }.to_owned()),
    };
    Line { target: target.name().to_owned(), date, source, cells }
}

fn push(target: &dyn Target, shape: &Shape) -> Result<Observation, Trouble> {
    let seen = target.fire(&render(shape), Place::Main, Depth::Put)?;
    match who_may_not(&seen) {
        Some((_, status)) => Err(not_let_in(target, status)),
        None => Ok(seen),
    }
}

/// 403 for the base is about who asks, not about what is pushed.
fn base_refused(seen: &Observation) -> Option<u16> {
    seen.answers().map(|(_, answer)| answer.status).find(|status| *status == 403)
}

fn not_let_in(target: &dyn Target, status: u16) -> Trouble {
    let cause = format!("it was answered with {status}");
    Trouble::new(TroubleKind::of_status(status), "pushing a flavour", target.name(), cause)
}

/// Whether a part of a shape's text belongs to the slot: itself, what lives under it, its content and facts.
fn belongs(part: &str, slot: &str) -> bool {
    let name = part.split('=').next().unwrap_or_default();
    let place = name.strip_prefix("content.").or_else(|| name.strip_prefix("facts.")).unwrap_or(name);
    place == slot || place.strip_prefix(slot).is_some_and(|rest| rest.starts_with('.'))
}

fn touches(change: &Change, shape: &Shape) -> bool {
    shape.to_string().split(';').any(|part| belongs(part, &change.without))
}

/// The shape without a slot and what belongs to it; `None` where what is left is no shape.
fn without(shape: &Shape, slot: &str) -> Option<Shape> {
    let text = shape.to_string();
    let kept: Vec<&str> = text.split(';').filter(|part| !belongs(part, slot)).collect();
    if kept.is_empty() { Some(Shape::base()) } else { kept.join(";").parse().ok() }
}

fn cannot_change(target: &dyn Target, shape: &Shape) -> Trouble {
    let cause = "removing the slot that `changes` in the profile names does not leave a valid shape";
    Trouble::new(TroubleKind::Protocol, format!("pushing {shape} without a slot"), target.name(), cause)
}

fn cell(flavour: &str, shape: &Shape, seen: Result<Observation, Trouble>) -> Cell {
    let empty = Cell {
        flavour: flavour.to_owned(),
        shape: shape.to_string(),
        outcome: Taken::NotTested,
        stage: None,
        status: None,
        error_code: String::new(),
        message: String::new(),
        changed: None,
        uncertain: None,
        note: None,
    };
    let seen = match seen {
        Ok(seen) => seen,
        Err(trouble) => return Cell { message: escaped(&trouble.cause).into_owned(), ..empty },
    };
    // An upload's reply is only kept where it was refused; then nothing was pushed after it.
    let decided = seen.replies.iter().rev().find(|(probe, _)| matches!(probe, Probe::Upload(_) | Probe::Put));
    let Some((probe, reply)) = decided else { return empty };
    let stage = Some(probe.stage());
    match reply {
        Reply::Answer(answer) if answer.is_success() => {
            Cell { outcome: Taken::Accepted, stage, status: Some(answer.status), ..empty }
        }
        Reply::Answer(answer) => {
            let (error_code, message) = words_of(answer);
            Cell { outcome: Taken::Rejected, stage, status: Some(answer.status), error_code, message, ..empty }
        }
        Reply::Dropped(why) => Cell { outcome: Taken::Rejected, stage, message: escaped(why).into_owned(), ..empty },
        Reply::NotFollowed(not) => {
            Cell { outcome: Taken::NotTested, stage, message: escaped(&not.to_string()).into_owned(), ..empty }
        }
        Reply::Hang => {
            Cell { outcome: Taken::Rejected, stage, message: "no answer within the deadline".to_owned(), ..empty }
        }
    }
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
