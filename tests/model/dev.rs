//! What the main branches of the specifications change: the same document and the same answers, judged by 1.1 and by dev.

use crate::answering::{GET, HEAD, answer, ask, body, fired, first_scripted, set};
use manifuzz::compare::{Finding, compare};
use manifuzz::exchange::roles::dev as roles;
use manifuzz::exchange::{Answer, Ask, Capabilities, Exchange, Facts, Observation, Probe};
use manifuzz::model::{Class, Content, Level, Party, Version, Versions, contradictions, judge, rule};
use manifuzz::render::render;
use manifuzz::shape::Shape;

const BOTH: [Versions; 2] = [Versions::V1_1, Versions::DEV];

/// The expectation by each version, and the rules that it rests on.
fn expected(shape: &str) -> [String; 2] {
    let exchange = render(&shape.parse::<Shape>().unwrap());
    BOTH.map(|versions| {
        let facts = Facts::as_meant(&exchange);
        let judgement = judge(&exchange, &facts, Party::Registry, versions);
        let rules: Vec<_> = judgement.rules.iter().map(|rule| rule.id).collect();
        let kind = judgement.to_string();
        format!("{} {}", kind.split('(').next().unwrap(), rules.join(" ")).trim_end().to_owned()
    })
}

#[test]
fn dev_decides_what_the_documents_of_1_1_left_open() {
    for (shape, before, after) in [
        ("config.size=negative", "ambiguous", "unspecified descriptor-size-is-not-negative"),
        ("confusion.repeat=type-twice", "ambiguous", "unspecified document-names-are-unique"),
        ("unknown.member=lone-surrogate", "ambiguous", "unspecified document-texts-are-unicode-characters"),
        (
            "layers.0.digest=short-blake3",
            "may-reject registry-may-refuse-missing-content",
            "unspecified descriptor-blake3-is-64-lower-case-hex-digits",
        ),
        ("base", "should-accept", "should-accept"),
        ("config.size=float", "ambiguous", "ambiguous"),
        ("unknown.member=digits(20)", "ambiguous", "ambiguous"),
        ("schemaVersion=1", "unspecified manifest-schema-version-is-2", "unspecified manifest-schema-version-is-2"),
    ] {
        assert_eq!(expected(shape), [before, after], "{shape}");
    }
}

#[test]
fn what_dev_decides_is_no_longer_called_open() {
    let open = |shape: &str, versions| {
        let exchange = render(&shape.parse::<Shape>().unwrap());
        let facts = Facts::as_meant(&exchange);
        contradictions(&Content::new(&exchange, &facts, versions)).count()
    };
    for shape in ["config.size=negative", "confusion.repeat=type-twice", "unknown.member=lone-surrogate"] {
        assert_eq!(BOTH.map(|versions| open(shape, versions)), [1, 0], "{shape}");
    }
    assert_eq!(BOTH.map(|versions| open("config.size=float", versions)), [1, 1]);
}

/// The rules on authors that a shape breaks by dev and not by 1.1.
fn new_breaches(shape: &str) -> Vec<&'static str> {
    let exchange = render(&shape.parse::<Shape>().unwrap());
    let facts = Facts::as_meant(&exchange);
    let [before, after] = BOTH.map(|versions| {
        let judgement = judge(&exchange, &facts, Party::Registry, versions);
        judgement.breaches.iter().map(|breach| breach.rule.id).collect::<Vec<_>>()
    });
    after.into_iter().filter(|id| !before.contains(id)).collect()
}

#[test]
fn dev_recommends_numbers_that_a_double_can_hold() {
    let broken = ["document-numbers-fit-a-double"];
    for shape in ["config.size=2-to-53-and-1", "unknown.member=digits(20)", "unknown.member=1e400"] {
        assert_eq!(new_breaches(shape), broken, "{shape}");
    }
    for shape in ["base", "config.size=2-to-53-less-1", "unknown.member=number", "config.size=exponent"] {
        assert_eq!(new_breaches(shape), [""; 0], "{shape}");
    }
}

fn findings(exchange: &Exchange, seen: &Observation) -> [Vec<Finding>; 2] {
    BOTH.map(|versions| {
        let judgement = judge(exchange, &seen.facts, Party::Registry, versions);
        compare(exchange, &judgement, seen, &Capabilities::ALL, versions)
    })
}

/// The findings by each version, as rule and grade.
fn said(exchange: &Exchange, seen: &Observation) -> [Vec<String>; 2] {
    let text = |finding: &Finding| format!("{} {}", finding.symptom.duty.unwrap_or("-"), finding.grade);
    findings(exchange, seen).map(|found| found.iter().map(text).collect())
}

#[test]
fn headers_that_1_1_recommends_are_required_by_dev() {
    for (probe, header, before, after) in [
        (GET, "docker-content-digest", "pull-names-the-digest", "pull-always-names-the-digest"),
        (HEAD, "docker-content-digest", "head-names-the-digest", "head-always-names-the-digest"),
        (HEAD, "content-length", "head-names-the-length", "head-always-names-the-length"),
    ] {
        let (exchange, mut seen) = fired("base");
        assert_eq!(said(&exchange, &seen), [[""; 0]; 2]);
        answer(&mut seen, &probe).headers.remove(header);
        let expected = [[format!("{before} warning")], [format!("{after} violation")]];
        assert_eq!(said(&exchange, &seen), expected);
        assert_eq!((rule(before).unwrap().level, rule(after).unwrap().level), (Level::Should, Level::Must));
    }
}

/// The storage that a registry redirects to cannot know the header.
#[test]
fn dev_requires_the_digest_of_a_blob_unless_it_came_through_a_redirect() {
    let (exchange, mut seen) = fired("afterwards=get-blob");
    ask(&mut seen, Ask::Blob).headers.remove("docker-content-digest");
    let [before, after] = findings(&exchange, &seen);
    let duties = |found: &[Finding]| found.iter().filter_map(|finding| finding.symptom.duty).collect::<Vec<_>>();
    assert!(!duties(&before).contains(&"blob-pull-always-names-the-digest"));
    assert_eq!(duties(&after), ["blob-pull-always-names-the-digest"]);
    ask(&mut seen, Ask::Blob).redirected = true;
    assert_eq!(duties(&findings(&exchange, &seen)[1]), [""; 0]);
}

/// Since dev, any request may be answered with a redirect, and the statuses that count come after it.
#[test]
fn a_redirect_that_was_not_followed_is_judged_before_dev_alone() {
    let (exchange, mut seen) = fired("base");
    let put = answer(&mut seen, &Probe::Put);
    put.status = 307;
    set(put, "location", "https://other.example/v2/a/manifests/t");
    seen.replies.retain(|(probe, _)| *probe == Probe::Put);
    let [before, after] = findings(&exchange, &seen);
    assert_eq!(before.iter().map(|finding| finding.symptom.class).collect::<Vec<_>>(), [Class::RejectsValid]);
    assert!(after.is_empty(), "{after:?}");
    // Without Location it redirects nowhere.
    answer(&mut seen, &Probe::Put).headers.remove("location");
    assert!(findings(&exchange, &seen).iter().all(|found| !found.is_empty()));
}

#[test]
fn links_of_dev_point_to_the_main_branch() {
    let link = |id: &str| rule(id).unwrap().clause.link(Versions::DEV);
    let repository = "https://github.com/opencontainers";
    assert_eq!(
        link("pull-always-names-the-digest"),
        format!("{repository}/distribution-spec/blob/main/spec.md#pulling-manifests")
    );
    assert_eq!(
        link("manifest-schema-version-is-2"),
        format!("{repository}/image-spec/blob/main/manifest.md#image-manifest-property-descriptions")
    );
}

#[test]
fn dev_is_newer_than_every_release() {
    assert!(Versions::ALL.into_iter().all(|versions| versions.image <= Versions::DEV.image));
    assert_eq!("dev".parse::<Versions>().unwrap(), Versions::DEV);
    let read: Version = Versions::DEV.image.to_string().parse().unwrap();
    assert_eq!(read, Versions::DEV.image);
}

/// Makes an answer a refusal without a body.
fn refused(answer: &mut Answer, status: u16) {
    answer.status = status;
    body(answer, "");
}

/// What a registry may do with these requests breaks nothing.
#[test]
fn a_registry_may_ignore_what_only_dev_defines() {
    type Change = fn(&mut Observation);
    let kept: [(&str, Change); 5] = [
        ("afterwards=push-with-tags", |seen| {
            first_scripted(seen, roles::PUSH_TAG).headers.remove("oci-tag");
            refused(first_scripted(seen, roles::GET_TAG), 404);
            seen.replies.truncate(seen.replies.len() - 2);
        }),
        ("afterwards=cancel-upload", |seen| refused(first_scripted(seen, roles::CANCEL), 405)),
        ("afterwards=upload-under-bad-digest", |seen| first_scripted(seen, roles::CLOSE_UNKNOWN).status = 201),
        ("afterwards=pull-with-namespace", |seen| {
            set(first_scripted(seen, roles::GET_WITH_NAMESPACE), "oci-namespace", manifuzz::exchange::NAMESPACE);
        }),
        ("afterwards=pull-with-namespace", |seen| {
            refused(first_scripted(seen, roles::GET_WITH_NAMESPACE), 404);
        }),
    ];
    for (shape, change) in kept {
        let (exchange, mut seen) = fired(shape);
        change(&mut seen);
        assert_eq!(said(&exchange, &seen), [[""; 0]; 2], "{shape}");
    }
}
