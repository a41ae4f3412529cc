//! Who is tested, and which slots and entries that can show anything of: registries are sent all but the answers to clients;
//! client programs read documents and answers, and never see the request by which a document came to the registry.

use super::{Choices, Preset, Seeded, bases, draw_nth, each_alone};
use crate::shape::{Choice, Effect, Group, Kind, Shape, SlotId, space};

/// Who is tested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tested {
    /// A registry.
    #[default]
    Registry,
    /// A client program.
    Client,
}

impl Tested {
    /// Whether a choice at a slot can show anything of who is tested.
    ///
    /// ```
    /// use manifuzz::generate::Tested;
    /// use manifuzz::shape::{Choice, space};
    ///
    /// let realm = space().find("answer.realm").unwrap();
    /// let foreign = Choice { entry: 2, number: 0 };
    /// assert!(Tested::Client.sees(realm, foreign) && !Tested::Registry.sees(realm, foreign));
    /// ```
    pub fn sees(self, slot: SlotId, choice: Choice) -> bool {
        let row = space().slot(slot);
        let effect = row.menu[choice.entry].effect;
        match self {
            Self::Registry => !row.is_for_clients(),
            Self::Client => match row.group {
                Group::Kind => matches!(effect, Effect::Kind(Kind::Image | Kind::Index)),
                // The registry of a client has one repository with the case.
                Group::Content => effect != Effect::Elsewhere,
                Group::Request => row.name == "content-type",
                Group::Blob => false,
                _ => true,
            },
        }
    }

    /// Whether all that deviates in a shape can show anything of who is tested.
    pub fn sees_all_of(self, shape: &Shape) -> bool {
        shape.deviating().all(|(slot, choice)| self.sees(slot, choice))
    }

    /// The bases of the kinds that are tested.
    pub fn bases(self) -> Vec<Shape> {
        bases().into_iter().filter(|base| self.sees_all_of(base)).collect()
    }

    /// Each entry as the only deviation. Answers to the request for a manifest are repeated with an index, whose children are
    /// requested by digest.
    pub fn each_alone(self) -> Box<dyn Iterator<Item = Shape>> {
        match self {
            Self::Registry => Box::new(each_alone()),
            Self::Client => {
                let answers = || answers_alone(&Shape::base());
                let of_index = Shape::base_of(Kind::Index);
                let with_index = answers_alone(&of_index).filter(|shape| shape.deviating().any(is_of_manifest));
                Box::new(each_alone().filter(move |shape| self.sees_all_of(shape)).chain(answers()).chain(with_index))
            }
        }
    }

    /// The `i`-th draw of a seed and preset, which depends on nothing else.
    pub fn draw_nth(self, seed: u64, preset: Preset, i: u64) -> Shape {
        let drawn = draw_nth(seed, preset, i);
        match self {
            Self::Registry => drawn,
            Self::Client => {
                let words = ["answers", &seed.to_string(), preset.as_str(), &i.to_string()];
                with_some_answer(visible(drawn), preset, &mut Seeded::new(&words))
            }
        }
    }
}

/// Each answer to a client as the only deviation from `base`.
fn answers_alone(base: &Shape) -> impl Iterator<Item = Shape> + use<> {
    let base = base.clone();
    let slots = space().slots().filter(|(_, slot)| slot.is_for_clients());
    slots.flat_map(move |(slot, _)| {
        let base = base.clone();
        space().choices(slot).map(move |choice| base.with(slot, choice))
    })
}

fn is_of_manifest((slot, _): (SlotId, Choice)) -> bool {
    space().slot(slot).name.starts_with("answer.manifest.")
}

/// A drawn shape without what a client does not see; an index for the kinds that it is not asked for.
fn visible(drawn: Shape) -> Shape {
    let invisible = |shape: &Shape| {
        let mut hidden = shape.deviating().filter(|(slot, choice)| !Tested::Client.sees(*slot, *choice));
        hidden.next().map(|(slot, _)| slot)
    };
    let index = Shape::base_of(Kind::Index).choice(SlotId::KIND);
    let mut shape = drawn;
    while let Some(slot) = invisible(&shape) {
        let choice = if slot == SlotId::KIND { index } else { Choice { entry: 0, number: 0 } };
        shape.set(slot, choice);
    }
    shape
}

/// The shape with one answer changed, half of the time; an invalid one only if the preset allows it.
fn with_some_answer(shape: Shape, preset: Preset, choices: &mut dyn Choices) -> Shape {
    if choices.below(2) == 0 {
        return shape;
    }
    let slots: Vec<_> = space().slots().filter(|(_, slot)| slot.is_for_clients()).collect();
    let (slot, row) = slots[choices.below(slots.len())];
    let fits = |entry: &usize| row.menu[*entry].valid || preset != Preset::Valid;
    let entries: Vec<usize> = (1..row.menu.len()).filter(fits).collect();
    match entries.get(choices.below(entries.len())) {
        Some(entry) => shape.with(slot, Choice { entry: *entry, number: 0 }),
        None => shape,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::flavours;

    #[test]
    fn a_client_is_asked_only_for_what_it_sees() {
        let drawn = (0..500).map(|i| Tested::Client.draw_nth(3, Preset::MostlyValid, i));
        for shape in Tested::Client.each_alone().chain(Tested::Client.bases()).chain(drawn) {
            assert!(matches!(shape.kind(), Kind::Image | Kind::Index), "{shape}");
            let names = shape.deviating().map(|(slot, _)| space().slot(slot));
            for slot in names {
                let is_request = slot.group == Group::Request && slot.name != "content-type";
                assert!(!is_request && slot.group != Group::Blob, "{shape}");
            }
            assert!(!shape.to_string().contains("=elsewhere"), "{shape}");
        }
    }

    #[test]
    fn each_answer_is_asked_of_a_client_alone_and_never_of_a_registry() {
        let entries: usize =
            space().slots().filter(|(_, slot)| slot.is_for_clients()).map(|(_, s)| s.menu.len() - 1).sum();
        let answers = |shape: &Shape| shape.deviating().any(|(slot, _)| space().slot(slot).is_for_clients());
        let of_images = Tested::Client.each_alone().filter(|shape| answers(shape) && shape.kind() == Kind::Image);
        assert_eq!(of_images.count(), entries);
        let of_index =
            Tested::Client.each_alone().filter(|shape| answers(shape) && shape.kind() == Kind::Index).count();
        assert!(of_index > 10, "{of_index}");
        let drawn = (0..500).map(|i| Tested::Registry.draw_nth(3, Preset::Hostile, i));
        assert!(!Tested::Registry.each_alone().chain(drawn).any(|shape| answers(&shape)));
        let drawn = (0..200).map(|i| Tested::Client.draw_nth(3, Preset::MostlyValid, i)).filter(answers).count();
        assert!((50..150).contains(&drawn), "{drawn} of 200 draws have another answer");
    }

    #[test]
    fn valid_draws_have_valid_answers() {
        for i in 0..500 {
            let shape = Tested::Client.draw_nth(1, Preset::Valid, i);
            assert_eq!(shape.invalid(), 0, "{shape}");
        }
    }

    #[test]
    fn the_flavours_of_the_seed_are_for_clients_too() {
        assert!(flavours().iter().filter(|one| one.set == "seed").all(|one| Tested::Client.sees_all_of(&one.shape)));
    }
}
