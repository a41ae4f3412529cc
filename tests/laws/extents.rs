//! How far a finding goes: the explored extent against planted predicates.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use manifuzz::engine::{Answers, Axis, Extent};
use manifuzz::generate::{Choices as _, Seeded};
use manifuzz::shape::{Kind, Shape, space};

/// How many predicates are planted.
const PLANTED: usize = 400;
/// The most questions of `shrink`, and of a run.
const QUESTIONS: [usize; 2] = [40, 12];
/// The members of descriptors that have places with the same entries.
const MEMBERS: [&str; 6] = ["digest", "size", "urls", "data", "annotations", "artifactType"];
const SITES: [&str; 8] =
    ["config", "layers.0", "layers.1", "manifests.0", "manifests.1", "blobs.0", "blobs.1", "subject"];

/// A planted defect: it shows if the member has one of these entries at one of these places, and with nothing but the usual
/// entry in the slots that it depends on.
#[derive(Debug)]
struct Planted {
    member: &'static str,
    entries: BTreeSet<&'static str>,
    places: BTreeSet<&'static str>,
    depends_on: Vec<Axis>,
}

impl Planted {
    /// The `i`-th one: random entries and places, for each of the axes a chance of one in four.
    fn nth(i: usize) -> Self {
        let mut random = Seeded::new(&["extents", &i.to_string()]);
        let member = MEMBERS[random.below(MEMBERS.len())];
        let mut some = |names: Vec<&'static str>| {
            let always = names[random.below(names.len())];
            let share = 1 + random.below(8);
            let some = names.into_iter().filter(|name| *name == always || random.below(9) < share);
            some.collect::<BTreeSet<_>>()
        };
        let entries = some(entries(&format!("config.{member}")));
        let places = some(SITES.to_vec());
        let depends_on = Axis::ALL.into_iter().filter(|_| random.below(4) == 0).collect();
        Self { member, entries, places, depends_on }
    }

    fn shows(&self, shape: &Shape) -> bool {
        let has = |name: &str, is_sought: &dyn Fn(&'static str) -> bool| {
            let deviating = space().named(name).iter().filter(|slot| shape.choice(**slot).entry > 0);
            deviating.into_iter().any(|slot| is_sought(shape.entry(*slot).name))
        };
        let is_shown = |place: &&str| has(&format!("{place}.{}", self.member), &|entry| self.entries.contains(entry));
        self.places.iter().any(is_shown) && !self.depends_on.iter().any(|axis| has(axis.slot(), &|_| true))
    }

    /// The first smallest case: one deviation with no lower neighbour that shows the defect.
    fn smallest(&self) -> Shape {
        static ALONE: LazyLock<Vec<Shape>> = LazyLock::new(|| {
            let slots = space().slots().filter(|(_, slot)| MEMBERS.iter().any(|member| slot.name.ends_with(member)));
            let choices = slots.flat_map(|(slot, _)| space().choices(slot).map(move |choice| (slot, choice)));
            let bases = || Kind::ALL.into_iter().map(Shape::base_of);
            let alone = choices.flat_map(|(slot, choice)| bases().map(move |base| base.with_ancestors(slot, choice)));
            let mut alone: Vec<Shape> = alone.collect();
            alone.sort_by_cached_key(Shape::simplicity);
            alone
        });
        ALONE.iter().find(|shape| self.shows(shape)).unwrap().clone()
    }
}

/// The entries of a slot that deviate and make no large documents.
fn entries(slot: &str) -> Vec<&'static str> {
    let row = space().slot(space().find(slot).unwrap());
    row.menu.iter().skip(1).map(|entry| entry.name).collect()
}

fn set(names: &[&'static str]) -> BTreeSet<&'static str> {
    names.iter().copied().collect()
}

/// Whether answers are those that the truth demands, for all that exist.
fn is_exact(answers: &Answers, truth: &BTreeSet<&'static str>, all: &BTreeSet<&'static str>) -> bool {
    let shown: BTreeSet<_> = truth.intersection(all).copied().collect();
    let not_shown: BTreeSet<_> = all.difference(truth).copied().collect();
    answers.unasked == 0 && set(&answers.shown) == shown && set(&answers.not_shown) == not_shown
}

/// Whether no answer contradicts the truth.
fn is_true(answers: &Answers, truth: &BTreeSet<&'static str>) -> bool {
    answers.shown.iter().all(|name| truth.contains(name)) && !answers.not_shown.iter().any(|name| truth.contains(name))
}

#[test]
fn planted_predicates_are_explained_exactly_within_forty_questions_and_truly_within_twelve() {
    let mut exact = 0;
    let mut wrong = String::new();
    for planted in (0..PLANTED).map(Planted::nth) {
        let smallest = planted.smallest();
        for most in QUESTIONS {
            let mut asked = BTreeSet::new();
            let extent = Extent::explore(&smallest, most, &mut |shape| {
                asked.insert(shape.clone());
                Some(planted.shows(shape))
            });
            let lower: BTreeSet<Shape> = smallest.simpler().into_iter().collect();
            assert!(asked.difference(&lower).count() <= most, "{smallest}");
            let [slot] = &extent.slots[..] else { panic!("{smallest}: one slot deviates by itself") };
            assert!(is_true(&slot.entries, &planted.entries) && is_true(&slot.places, &planted.places), "{planted:?}");
            let place = slot.places.shown.iter().find(|place| smallest.to_string().contains(*place)).unwrap();
            let own_entries = entries(&format!("{place}.{}", planted.member)).into_iter().collect();
            let has_entry = |site: &&&str| {
                let own = set(&slot.entries.shown);
                entries(&format!("{site}.{}", planted.member)).iter().any(|entry| own.contains(entry))
            };
            let all_places = SITES.iter().filter(has_entry).copied().collect();
            let matters: Vec<Axis> = extent.axes.iter().filter(|axis| !axis.shown).map(|axis| axis.axis).collect();
            let is_exact = is_exact(&slot.entries, &planted.entries, &own_entries)
                && is_exact(&slot.places, &planted.places, &all_places)
                && matters == planted.depends_on;
            if most == QUESTIONS[0] {
                exact += usize::from(is_exact);
                if !is_exact {
                    wrong += &format!("{smallest}: {extent}\n    {planted:?}\n    {extent:?}\n");
                }
            }
        }
    }
    println!("{exact} of {PLANTED} are exact\n{wrong}");
    assert!(exact * 100 >= PLANTED * 95, "{exact} of {PLANTED}");
}

#[test]
fn the_phrase_says_entries_places_and_what_does_not_matter() {
    let smallest: Shape = "config.digest=absent".parse().unwrap();
    let explained = |shows: &dyn Fn(&str) -> bool| {
        Extent::explore(&smallest, 40, &mut |shape| Some(shows(&shape.to_string()))).to_string()
    };
    assert_eq!(
        explained(&|text| text.contains(".digest=") && !text.contains("upper-hex") && !text.contains("subject")),
        "any deviation of `*.digest` but `upper-hex`; everywhere but `subject`; whatever the reference, Content-Type and other members"
    );
    assert_eq!(
        explained(&|text| text == "config.digest=absent" || text == "config.digest=null"),
        "`*.digest` only as `absent` or `null`; only in `config`; not with the reference `digest`; not with Content-Type `parameters`; not with `annotations=one`"
    );
}

#[test]
fn a_phrase_claims_only_what_was_asked() {
    let smallest: Shape = "config.digest=absent".parse().unwrap();
    let extent = Extent::explore(&smallest, 4, &mut |_| Some(true));
    assert!(extent.slots[0].entries.unasked > 0 && extent.slots[0].places.unasked > 0);
    let text = extent.to_string();
    assert!(!text.contains("any ") && !text.contains("everywhere"), "{text}");
    let unknown = Extent::explore(&smallest, 40, &mut |_| None);
    assert_eq!((unknown.slots[0].entries.shown.len(), unknown.axes.len()), (1, 0));
    assert_eq!(unknown.to_string(), "`*.digest` as `absent`; in `config`");
    let content: Shape = "facts.config=missing".parse().unwrap();
    let extent = Extent::explore(&content, 40, &mut |shape| Some(shape.to_string().contains("facts.")));
    assert_eq!((&extent.slots[0].slot[..], extent.slots[0].places.shown[0]), ("facts.*", "config"));
    assert!(extent.slots[0].places.shown.contains(&"layers.0"), "{extent:?}");
    assert_eq!(Extent::explore(&Shape::base(), 40, &mut |_| Some(true)).to_string(), "");
}
