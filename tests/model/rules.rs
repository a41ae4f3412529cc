//! The model: a document for each expectation, the grade table, and the sentences that rules name.

use manifuzz::compare::{Grade, grade};
use manifuzz::exchange::Facts;
use manifuzz::generate::{Preset, draw_nth, exhaustive};
use manifuzz::model::{
    Class, Consequence, Content, Expect, Level, Party, Rule, Source, Versions, judge, report, rule, rules,
};
use manifuzz::render::render;
use manifuzz::shape::{Kind, Shape};

fn expect(shape: &str, versions: Versions) -> (String, Vec<&'static str>) {
    let exchange = render(&shape.parse::<Shape>().unwrap());
    let judgement = judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, versions);
    (judgement.to_string(), judgement.rules.iter().map(|rule| rule.id).collect())
}

#[test]
fn each_expectation_has_its_document() {
    let table: &[(&str, &str, &[&str])] = &[
        ("base", "should-accept", &[]),
        ("config.mediaType=unknown", "must-accept", &["registry-takes-unknown-config-types"]),
        ("layers.0.mediaType=unknown", "must-accept", &["registry-takes-unknown-layer-types"]),
        ("artifactType=present", "must-accept", &["registry-takes-unknown-artifact-types"]),
        ("facts.subject=missing;subject=present", "must-accept", &["registry-takes-a-missing-subject"]),
        ("subject=present", "should-accept", &[]),
        ("content-type=parameters", "should-accept", &["registry-ignores-content-type-parameters"]),
        // A bare `;` is not a parameter.
        ("content-type=semicolon", "should-accept", &[]),
        ("kind=index;manifests.0.mediaType=unknown", "must-accept", &["registry-takes-unknown-child-types"]),
        // Nothing can have been pushed under such a digest.
        ("subject.digest=unknown-algorithm;subject=present", "must-accept", &["registry-takes-a-missing-subject"]),
        ("text.padding=pad(4000000)", "should-accept", &["registry-takes-4-megabytes"]),
        ("unknown.member=text", "should-accept", &["registry-takes-unknown-members"]),
        ("facts.config=missing", "may-reject(MANIFEST_BLOB_UNKNOWN)", &["registry-may-refuse-missing-content"]),
        ("facts.config=missing;layers=empty", "may-reject", &["registry-may-refuse-missing-content"]),
        ("transfer=chunked", "may-reject", &["http-server-may-ask-for-a-length"]),
        ("reference=wrong-digest", "must-reject(DIGEST_INVALID)", &["registry-refuses-another-bodys-digest"]),
        ("config=absent", "unspecified", &["manifest-config-is-a-descriptor"]),
        ("text.before=bom", "unspecified", &["document-is-json"]),
        ("kind=docker-image", "unspecified", &[]),
        ("config.mediaType=empty-descriptor", "unspecified", &["manifest-empty-config-needs-artifact-type"]),
        (
            "artifactType=present;config.mediaType=empty-descriptor;content.config=empty-json",
            "must-accept",
            &["registry-takes-unknown-artifact-types", "registry-takes-unknown-config-types"],
        ),
    ];
    for (shape, expected, by) in table {
        assert_eq!(expect(shape, Versions::V1_1), ((*expected).to_owned(), by.to_vec()), "{shape}");
    }
    let exchange = render(&"subject.digest=unknown-algorithm;subject=present".parse::<Shape>().unwrap());
    let judgement = judge(&exchange, &Facts::as_meant(&exchange), Party::Registry, Versions::V1_1);
    let recommends: Vec<_> = judgement.recommends.iter().map(|rule| rule.id).collect();
    assert_eq!(recommends, ["registry-takes-unknown-digest-algorithms"]);
    // Whatever a found document points at is taken to be there.
    let found = judge(&exchange, &Facts::all_there(&exchange), Party::Registry, Versions::V1_1);
    assert_eq!(found.expect, Expect::ShouldAccept);
    let ambiguous = [
        "layers=absent",
        "subject=null",
        "schemaVersion=float",
        "config.size=negative",
        "mediaType=empty",
        "layers.0.urls=null",
    ];
    for shape in ambiguous {
        assert!(expect(shape, Versions::V1_1).0.starts_with("ambiguous("), "{shape}");
    }
}

#[test]
fn version_1_0_knows_no_subject_and_no_artifact_type() {
    // They are unknown members to it, and those it has everybody take.
    let unknown = ("must-accept".to_owned(), vec!["registry-ignores-unknown-members"]);
    assert_eq!(expect("facts.subject=missing;subject=present", Versions::V1_0), unknown);
    for shape in ["artifactType=malformed", "artifactType=parameters", "artifactType=parameters;kind=index"] {
        assert_eq!(expect(shape, Versions::V1_0), unknown, "{shape}");
    }
    // Before version 1.0.2 the text does not fix the document's own type.
    assert_eq!(expect("mediaType=number", Versions::V1_0).0, "unspecified");
    assert!(expect("mediaType=number", Versions::V1_0_1).0.starts_with("ambiguous("));
    assert_eq!(expect("facts.config=missing", Versions::V1_0).0, "may-reject");
    assert_eq!(expect("text.padding=beyond(4194304)", Versions::V1_0).0, "may-reject");
    assert_eq!(expect("config.mediaType=unknown", Versions::V1_0).0, "should-accept");
    // Version 1.0 does not require a registry to compare the digest in the path, but binds the client to send the right one.
    let unspecified = ("unspecified".to_owned(), vec!["client-names-the-bodys-digest"]);
    for shape in ["reference=wrong-digest", "reference=wrong-sha512"] {
        assert_eq!(expect(shape, Versions::V1_0), unspecified);
        assert_eq!(expect(shape, Versions::V1_1).0, "must-reject(DIGEST_INVALID)");
    }
    let child = expect("kind=index;manifests.0.mediaType=unknown", Versions::V1_0);
    assert_eq!(child, ("should-accept".to_owned(), vec!["registry-ignores-unknown-child-types"]));
    assert_eq!(expect("schemaVersion=1", Versions::V1_0).0, "unspecified");
}

#[test]
fn only_a_must_of_the_specifications_makes_a_violation() {
    let of = |id: &str| Some(rule(id).unwrap());
    let table = [
        (Class::RejectsValid, Expect::MustAccept, None, Grade::Violation),
        (Class::RejectsValid, Expect::ShouldAccept, None, Grade::Warning),
        (Class::AcceptsForbidden, Expect::MustReject, None, Grade::Violation),
        (Class::ServerError, Expect::Unspecified, of("refusal-is-a-client-error"), Grade::Warning),
        (Class::ServerError, Expect::MustAccept, of("refusal-is-a-client-error"), Grade::Violation),
        (Class::Dropped, Expect::Unspecified, None, Grade::Warning),
        (Class::Hang, Expect::ShouldAccept, None, Grade::Warning),
        (Class::WrongStatus, Expect::ShouldAccept, of("push-answers-201"), Grade::Violation),
        (Class::WrongCode, Expect::MayReject, of("missing-content-is-named-by-its-code"), Grade::Violation),
        (Class::BadErrorBody, Expect::Unspecified, of("error-body-has-the-form"), Grade::Violation),
        (Class::Altered, Expect::ShouldAccept, of("push-keeps-exact-bytes"), Grade::Violation),
        (Class::Lost, Expect::ShouldAccept, of("pull-answers-200"), Grade::Violation),
        (Class::Residue, Expect::Unspecified, of("refusal-leaves-nothing"), Grade::Warning),
        (Class::MissingHeader, Expect::ShouldAccept, of("pull-names-the-digest"), Grade::Warning),
        (Class::ReferrersWrong, Expect::MustAccept, of("referrers-hold-the-manifest"), Grade::Violation),
        (Class::Inconsistent, Expect::ShouldAccept, of("tag-list-holds-the-tag"), Grade::Warning),
        (Class::Lenient, Expect::Unspecified, None, Grade::Note),
        (Class::Ambiguous, Expect::Ambiguous, None, Grade::Note),
    ];
    for (class, expect, rule, expected) in table {
        assert_eq!(grade(class, expect, rule.map(Rule::info)), expected, "{class:?} under {expect:?}");
    }
    // What clients do with credentials and files is the exception: see tests/model/clients.rs.
    for rule in rules().filter(|rule| rule.clause.document == Source::Http) {
        assert_ne!(rule.level, Level::Must, "{}: HTTP alone makes no violation", rule.id);
    }
}

#[test]
fn rule_ids_are_unique_and_each_rule_names_a_sentence() {
    let mut ids = std::collections::HashSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        let pinned = matches!(rule.clause.document, Source::ImageSpec | Source::DistributionSpec);
        assert_eq!(rule.clause.sentence.len(), if pinned { 16 } else { 0 }, "{}", rule.id);
    }
    assert!(ids.len() >= 15);
}

/// The judgement asks pages of rules only of what they can speak of; each rule by itself says the same.
#[test]
fn a_judgement_misses_no_rule_that_speaks() {
    let drawn = (0..3000).map(|i| draw_nth(1, Preset::Hostile, i));
    // An upload has no document.
    let is_document = |shape: &Shape| shape.kind() != Kind::Blob && !shape.is_large();
    for shape in exhaustive(1).chain(drawn).filter(is_document) {
        let exchange = render(&shape);
        let facts = Facts::as_meant(&exchange);
        for versions in Versions::ALL {
            let judgement = judge(&exchange, &facts, Party::Registry, versions);
            let content = Content::new(&exchange, &facts, versions);
            // Docker's rules are for found documents.
            let authors = rules().filter(|rule| is_on_authors(*rule) && rule.holds_in(versions) && !is_dockers(*rule));
            let alone = authors.flat_map(|rule| {
                report(rule, &content).places.into_iter().map(move |(place, message)| (rule.id, place, message))
            });
            let judged = judgement.breaches.iter().map(|b| (b.rule.id, b.place.clone(), b.message.clone()));
            assert!(alone.eq(judged), "{shape} by {versions:?}");
            // What is taken, refused or allowed shows in the judgement only where nothing else decides.
            let named = judgement.rules.iter().filter_map(|info| rule(info.id));
            for rule in named.filter(|rule| !is_on_authors(*rule)) {
                assert!(report(rule, &content).applies, "{shape}: {}", rule.id);
            }
        }
    }
}

fn is_dockers(rule: Rule) -> bool {
    rule.clause.document == Source::Docker
}

fn is_on_authors(rule: Rule) -> bool {
    rule.on_content().is_some_and(|rule| rule.consequence == Consequence::Breach)
}

/// Whether a rule was silent on some shape, and whether it spoke of one.
type Seen = std::collections::HashMap<&'static str, [bool; 2]>;

fn look(seen: &mut Seen, shape: &Shape, only: &[&'static str]) {
    let exchange = render(shape);
    let facts = Facts::as_meant(&exchange);
    let sets = Versions::ALL.map(|versions| (versions, Content::new(&exchange, &facts, versions)));
    for rule in rules().filter(|rule| only.is_empty() || only.contains(&rule.id)) {
        let Some((_, content)) = sets.iter().find(|(versions, _)| *versions == rule.newest_versions()) else {
            continue;
        };
        seen.entry(rule.id).or_default()[usize::from(report(rule, content).applies)] = true;
    }
}

#[test]
fn every_rule_on_content_is_silent_on_some_shape_and_speaks_of_another() {
    let mut seen = Seen::new();
    exhaustive(1).for_each(|shape| look(&mut seen, &shape, &[]));
    let vacuous = |seen: &Seen| {
        let on_content = rules().filter(|rule| rule.on_content().is_some() && !is_dockers(*rule));
        on_content.filter(|rule| seen[rule.id].contains(&false)).map(|rule| rule.id).collect::<Vec<_>>()
    };
    // One speaks of two members at once, and one only where image-spec is silent.
    let left = vacuous(&seen);
    let only_before_1_0_2 = "pushed-manifest-says-its-media-type";
    assert_eq!(left, ["manifest-single-layer-is-not-empty", only_before_1_0_2]);
    look(&mut seen, &"artifactType=present;content.layers.0=zero-bytes".parse().unwrap(), &left);
    assert_eq!(vacuous(&seen), [only_before_1_0_2]);
    let speaks = |shape: &str, versions| {
        let exchange = render(&shape.parse::<Shape>().unwrap());
        let facts = Facts::as_meant(&exchange);
        report(rule(only_before_1_0_2).unwrap(), &Content::new(&exchange, &facts, versions)).applies
    };
    for kind in ["image", "index"] {
        let shape = format!("kind={kind};mediaType=absent");
        assert!(speaks(&shape, Versions::V1_0_1) && !speaks(&shape, Versions::V1_0), "{shape}");
        assert!(!speaks(&format!("kind={kind}"), Versions::V1_0_1));
    }
}

#[test]
fn each_rule_says_why_it_matters_and_how_to_fix_it() {
    for rule in rules() {
        for (what, text) in [("why", rule.why), ("fix", rule.fix)] {
            let is_sentence =
                text.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()) && text.ends_with('.');
            assert!(is_sentence && text.len() > 20, "{}: {what} is `{text}`", rule.id);
        }
        assert_ne!(rule.why, rule.fix, "{}", rule.id);
    }
}

#[test]
fn a_rule_restates_one_that_ends_before_it_begins() {
    let mut restated = 0;
    for new in rules().filter(|rule| !rule.restates.is_empty()) {
        let old = rule(new.restates).unwrap_or_else(|| panic!("{} restates an unknown rule", new.id));
        assert_eq!(old.binds, new.binds, "{}", new.id);
        let is_in_both = Versions::ALL.into_iter().any(|versions| old.holds_in(versions) && new.holds_in(versions));
        assert!(!is_in_both, "{} and {} hold in the same version", new.id, old.id);
        restated += 1;
    }
    assert!(restated >= 8, "{restated}");
}
