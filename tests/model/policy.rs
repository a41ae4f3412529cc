//! What the model says where the specifications are clear, silent or at odds with each other: a document, an answer,
//! and the class and grade of what follows.

use crate::registry::target;
use bytes::Bytes;
use manifuzz::compare::{Finding, Grade, compare};
use manifuzz::exchange::{By, Capabilities, Observation, Probe, Questions, Reply};
use manifuzz::model::{Class, Expect, Party, Versions, judge};
use manifuzz::registry::Profile;
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::Repository;

/// How the tested request is answered.
#[derive(Clone, Copy, Debug)]
enum Put {
    /// As a clean registry does.
    Clean,
    /// 201, whatever a clean registry says.
    Taken,
    /// This status and code.
    Refused(u16, &'static str),
    /// Not at all.
    Dropped,
    /// Not in time.
    Hang,
}

/// Puts that answer in the place of the clean one's.
fn answered(seen: &mut Observation, put: Put) {
    let body = |code: &str| Bytes::from(format!("{{\"errors\":[{{\"code\":\"{code}\",\"message\":\"\"}}]}}"));
    for (probe, reply) in &mut seen.replies {
        let Reply::Answer(answer) = reply else { continue };
        match (put, &*probe) {
            (Put::Taken, Probe::Put) => answer.status = 201,
            (Put::Refused(status, code), Probe::Put) => (answer.status, answer.body) = (status, body(code)),
            (Put::Refused(..), Probe::Head(_)) => answer.status = 404,
            (Put::Dropped, Probe::Put) => *reply = Reply::Dropped("closed".to_owned()),
            (Put::Hang, Probe::Put) => *reply = Reply::Hang,
            _ => {}
        }
    }
    if !matches!(put, Put::Clean) {
        seen.replies.retain(|(probe, _)| matches!(probe, Probe::Put | Probe::Head(_)));
    }
}

fn findings(shape: &str, versions: Versions, change: impl FnOnce(&mut Observation)) -> Vec<Finding> {
    let clean = target(&Profile::clean());
    let exchange = render(&shape.parse::<Shape>().unwrap());
    let mut seen = clean.fire(&exchange, Repository::Fresh, Questions::ALL).unwrap();
    change(&mut seen);
    let judgement = judge(&exchange, &seen.facts, Party::Registry, versions);
    compare(&exchange, &judgement, &seen, &Capabilities::ALL, versions)
}

/// The findings as `class grade`.
fn said(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.symptom.class.as_str(), finding.grade)).collect()
}

const INVALID: &str = "MANIFEST_INVALID";

/// One or more rows for each expectation and each class of answer, and for each place where documents, schema or
/// versions are known to disagree.
const TABLE: &[(&str, Put, &[&str])] = &[
    // A MUST names the content.
    ("facts.subject=missing;subject=present", Put::Refused(404, "MANIFEST_UNKNOWN"), &["rejects-valid violation"]),
    ("config.mediaType=unknown", Put::Refused(400, INVALID), &["rejects-valid violation"]),
    ("layers.0.mediaType=unknown", Put::Refused(400, INVALID), &["rejects-valid violation"]),
    ("artifactType=present", Put::Refused(400, INVALID), &["rejects-valid violation"]),
    ("artifactType=present", Put::Refused(500, "UNKNOWN"), &["server-error violation"]),
    ("kind=index;manifests.0.mediaType=unknown", Put::Refused(400, INVALID), &["rejects-valid violation"]),
    ("subject.digest=unknown-algorithm;subject=present", Put::Refused(400, INVALID), &["rejects-valid violation"]),
    // A SHOULD does, or nothing speaks against it.
    ("base", Put::Clean, &[]),
    ("base", Put::Refused(400, INVALID), &["rejects-valid warning"]),
    ("annotations=upper-case-key", Put::Refused(400, INVALID), &["rejects-valid warning"]),
    ("layers.0.digest=pushed-sha512", Put::Refused(400, INVALID), &["rejects-valid warning"]),
    ("kind=index;manifests.0.annotations=attestation", Put::Refused(400, INVALID), &["rejects-valid warning"]),
    ("content-type=parameters", Put::Refused(415, "UNSUPPORTED"), &["rejects-valid warning"]),
    ("text.padding=pad(4000000)", Put::Refused(413, "SIZE_INVALID"), &["rejects-valid warning"]),
    ("unknown.member=text", Put::Refused(400, INVALID), &["rejects-valid warning"]),
    ("content-type=semicolon", Put::Refused(415, "UNSUPPORTED"), &["rejects-valid warning"]),
    // OCI's and Docker's own types may be known, so the MUST on unknown types does not cover them.
    ("kind=index;manifests.0.mediaType=layer", Put::Refused(400, INVALID), &["rejects-valid warning"]),
    ("kind=index;manifests.0.mediaType=docker-list", Put::Refused(400, INVALID), &["rejects-valid warning"]),
    // A refusal is allowed, and says how it must look.
    ("facts.config=missing", Put::Taken, &[]),
    ("facts.config=missing", Put::Refused(404, "MANIFEST_BLOB_UNKNOWN"), &[]),
    ("facts.config=missing", Put::Refused(400, "BLOB_UNKNOWN"), &["ambiguous note"]),
    ("facts.config=missing", Put::Refused(400, INVALID), &["wrong-code violation"]),
    ("facts.manifests.0=missing;kind=index", Put::Refused(400, INVALID), &["wrong-code violation"]),
    ("layers.0.digest=unknown-algorithm", Put::Refused(400, "MANIFEST_BLOB_UNKNOWN"), &[]),
    ("layers.0.digest=unknown-algorithm", Put::Refused(400, "DIGEST_INVALID"), &["wrong-code warning"]),
    // SHA-512 is registered, but optional.
    ("layers.0.digest=sha512", Put::Refused(400, "MANIFEST_BLOB_UNKNOWN"), &[]),
    ("layers.0.digest=sha512", Put::Refused(400, "DIGEST_INVALID"), &[]),
    ("text.padding=beyond(4194304)", Put::Refused(413, INVALID), &[]),
    ("text.padding=beyond(4194304)", Put::Refused(400, INVALID), &["wrong-status warning"]),
    ("transfer=chunked", Put::Refused(411, "UNSUPPORTED"), &[]),
    // The author breaks a MUST, and no duty of the registry follows.
    ("schemaVersion=1", Put::Refused(400, INVALID), &[]),
    ("schemaVersion=1", Put::Taken, &["lenient note"]),
    ("schemaVersion=1", Put::Refused(500, "UNKNOWN"), &["server-error warning"]),
    ("schemaVersion=1", Put::Dropped, &["dropped warning"]),
    ("schemaVersion=1", Put::Hang, &["hang warning"]),
    ("schemaVersion=1", Put::Refused(400, "NO"), &["wrong-code violation"]),
    ("annotations=repeated-key", Put::Taken, &["lenient note"]),
    ("annotations=null", Put::Refused(400, INVALID), &[]),
    ("annotations=null", Put::Taken, &["lenient note"]),
    ("layers.0.annotations=null", Put::Taken, &["lenient note"]),
    ("schemaVersion=nearly-2", Put::Taken, &["lenient note"]),
    ("config.size=nearly-exact", Put::Taken, &["lenient note"]),
    ("layers.1.size=off_by(1);layers.repeat=same;layers=two", Put::Taken, &["lenient note"]),
    ("kind=docker-image", Put::Refused(400, INVALID), &[]),
    ("kind=artifact", Put::Refused(400, INVALID), &[]),
    // A duty of the registry asks for a refusal.
    ("reference=wrong-digest", Put::Taken, &["accepts-forbidden violation"]),
    ("reference=wrong-digest", Put::Refused(400, "DIGEST_INVALID"), &[]),
    ("reference=wrong-sha512", Put::Taken, &["accepts-forbidden violation"]),
    ("reference=wrong-sha512", Put::Refused(400, "UNSUPPORTED"), &[]),
    // Documents, schema or versions contradict each other.
    ("layers=absent", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("layers=empty", Put::Taken, &["ambiguous note"]),
    ("layers=null", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("subject=null", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("layers.0.urls=null", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("kind=index;manifests.0.platform=null", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("mediaType=empty", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("mediaType=upper-case", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("kind=index;mediaType=upper-case", Put::Taken, &["ambiguous note"]),
    ("mediaType=parameters", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("artifactType=parameters", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("config.mediaType=parameters", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("kind=index;manifests.0.mediaType=parameters", Put::Taken, &["ambiguous note"]),
    ("subject.mediaType=parameters;subject=present", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("schemaVersion=float", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("schemaVersion=scaled", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("config.mediaType=empty-descriptor-upper-case", Put::Refused(400, INVALID), &["ambiguous note"]),
    (
        "artifactType=present;config.mediaType=empty-descriptor-upper-case",
        Put::Refused(400, INVALID),
        &["rejects-valid violation"],
    ),
    ("config.size=float", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("config.size=negative", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("confusion.repeat=type-twice", Put::Refused(400, INVALID), &["ambiguous note"]),
    ("reference=sha512", Put::Refused(400, "DIGEST_INVALID"), &["ambiguous note"]),
    ("content-type=absent;mediaType=absent", Put::Refused(415, "UNSUPPORTED"), &["ambiguous note"]),
];

#[test]
fn each_document_and_answer_has_its_class_and_grade() {
    for (shape, put, expected) in TABLE {
        let found = findings(shape, Versions::V1_1, |seen| answered(seen, *put));
        let mut said = said(&found);
        // What a failing or silent server leaves open besides is not what the row is about.
        if let Put::Taken = put {
            said.retain(|finding| !finding.starts_with("missing-header") && !finding.starts_with("lost"));
        }
        assert_eq!(said, *expected, "{shape} answered {put:?}: {found:#?}");
    }
}

/// A kind that one version has and the next one has not.
#[test]
fn the_artifact_manifest_is_judged_where_it_is_specified() {
    let refused =
        |versions| said(&findings("kind=artifact", versions, |seen| answered(seen, Put::Refused(400, INVALID))));
    assert_eq!(refused(Versions::RC2), ["rejects-valid warning"]);
    assert!(refused(Versions::V1_1).is_empty() && refused(Versions::V1_0).is_empty());
    let taken = |shape| said(&findings(shape, Versions::RC2, |seen| answered(seen, Put::Taken)));
    assert!(taken("kind=artifact;mediaType=absent").contains(&"lenient note".to_owned()));
    assert!(taken("blobs=text;kind=artifact").contains(&"lenient note".to_owned()));
    assert!(!taken("blobs=absent;kind=artifact").contains(&"lenient note".to_owned()));
}

/// What is read back after an accepted push, a class a row.
#[test]
fn each_read_back_has_its_class_and_grade() {
    let set = |seen: &mut Observation, probe: Probe, change: fn(&mut manifuzz::exchange::Answer)| {
        for (own, reply) in &mut seen.replies {
            if let (true, Reply::Answer(answer)) = (*own == probe, reply) {
                change(answer);
            }
        }
    };
    let get = Probe::Get(By::Digest);
    let altered =
        findings("base", Versions::V1_1, |seen| set(seen, get.clone(), |a| a.body = Bytes::from_static(b"{}")));
    let lost = findings("base", Versions::V1_1, |seen| {
        set(seen, get.clone(), |a| (a.status, a.body) = (404, Bytes::new()));
    });
    let header = findings("base", Versions::V1_1, |seen| set(seen, Probe::Put, |a| drop(a.headers.remove("location"))));
    let status = findings("base", Versions::V1_1, |seen| set(seen, Probe::Put, |a| a.status = 200));
    let listed = findings("base", Versions::V1_1, |seen| {
        set(seen, Probe::TagList, |a| {
            let mut list: serde_json::Value = serde_json::from_slice(&a.body).unwrap();
            list["tags"] = serde_json::json!([]);
            a.body = Bytes::from(list.to_string());
        });
    });
    let referrers = findings("subject=present", Versions::V1_1, |seen| {
        set(seen, Probe::Referrers, |a| {
            let mut list: serde_json::Value = serde_json::from_slice(&a.body).unwrap();
            list["manifests"] = serde_json::json!([]);
            a.body = Bytes::from(list.to_string());
        });
    });
    // That a push must be accepted is kept; that HEAD is not answered breaks another MUST.
    let silent = findings("facts.subject=missing;subject=present", Versions::V1_1, |seen| {
        for (probe, reply) in &mut seen.replies {
            if *probe == Probe::Head(By::Tag) {
                *reply = Reply::Hang;
            }
        }
    });
    let residue = findings("schemaVersion=1", Versions::V1_1, |seen| {
        answered(seen, Put::Refused(400, INVALID));
        set(seen, Probe::Head(By::Digest), |a| a.status = 200);
        let got = manifuzz::exchange::Answer {
            status: 200,
            headers: http::HeaderMap::new(),
            body: render(&"schemaVersion=1".parse::<Shape>().unwrap()).tested.body.bytes().clone(),
            cut: false,
            redirected: false,
        };
        seen.replies.push((get.clone(), Reply::Answer(got)));
    });
    let form = findings("schemaVersion=1", Versions::V1_1, |seen| {
        answered(seen, Put::Refused(400, INVALID));
        set(seen, Probe::Put, |a| a.body = Bytes::from_static(b"{\"error\":\"no\"}"));
    });
    for (found, expected) in [
        (altered, "altered violation"),
        (lost, "lost violation"),
        (header, "missing-header violation"),
        (status, "wrong-status violation"),
        (listed, "inconsistent warning"),
        (referrers, "referrers-wrong violation"),
        (silent, "hang violation"),
        (residue, "residue warning"),
        (form, "bad-error-body violation"),
    ] {
        assert_eq!(said(&found), [expected], "{found:#?}");
    }
}

/// In a case that was not shrunk, any deviation may be the reason for a refusal.
#[test]
fn a_refusal_that_was_not_shrunk_is_blamed_on_a_must_only_where_there_is_no_other_deviation() {
    let one = |shape: &str, put: Put| {
        let mut found = findings(shape, Versions::V1_1, |seen| answered(seen, put));
        assert_eq!(found.len(), 1, "{shape}: {found:#?}");
        found.remove(0)
    };
    let blames_content = [
        ("artifactType=present;unknown.member=text", Put::Refused(400, INVALID)),
        ("artifactType=present;unknown.member=text", Put::Refused(500, "UNKNOWN")),
        ("artifactType=present;unknown.member=text", Put::Dropped),
        ("annotations=one;facts.config=missing", Put::Refused(400, INVALID)),
    ];
    for (shape, put) in blames_content {
        let finding = one(shape, put);
        assert_eq!(finding.grade, Grade::Violation, "{shape}: {finding:#?}");
        let downgraded = |deviations| {
            let mut finding = finding.clone();
            finding.unshrunk(deviations);
            finding
        };
        assert_eq!(downgraded(1), finding);
        let two = downgraded(2);
        assert_eq!((two.grade, &two.symptom), (Grade::Warning, &finding.symptom));
        assert!(two.note.contains("not shrunk, and another deviation may explain the refusal"), "{}", two.note);
    }
    // A MUST on the answer is broken whatever was sent.
    let mut form = one("annotations=one;schemaVersion=1", Put::Refused(400, "NO"));
    form.unshrunk(2);
    assert_eq!(form.grade, Grade::Violation);
}

/// An accepted neighbour downgrades a refusal, but not what reading back shows.
#[test]
fn an_accepted_neighbour_excuses_a_refusal_alone() {
    let mut found = findings("base", Versions::V1_1, |seen| {
        let head = seen.replies.iter_mut().find(|(probe, _)| *probe == Probe::Head(By::Tag));
        head.unwrap().1 = Reply::Hang;
    });
    found[0].excuse(&["registry-takes-unknown-artifact-types"], "base");
    assert_eq!(said(&found), ["hang violation"]);
    let mut found = findings("artifactType=present", Versions::V1_1, |seen| answered(seen, Put::Hang));
    found[0].excuse(&["registry-takes-unknown-artifact-types"], "kind=index;artifactType=present");
    assert_eq!(said(&found), ["hang warning"]);
    assert!(
        found[0]
            .note
            .ends_with("; downgraded to a warning: the same MUST is honoured for kind=index;artifactType=present")
    );
}

/// The model has no document for `should-reject`: no SHOULD of a registry asks for a refusal. If one comes, this table
/// grows.
#[test]
fn every_class_and_every_expectation_but_one_is_reached() {
    let mut expectations: Vec<_> = TABLE
        .iter()
        .map(|(shape, _, _)| {
            let exchange = render(&shape.parse::<Shape>().unwrap());
            let facts = manifuzz::exchange::Facts::as_meant(&exchange);
            judge(&exchange, &facts, Party::Registry, Versions::V1_1).expect.as_str()
        })
        .collect();
    expectations.sort_unstable();
    expectations.dedup();
    assert_eq!(expectations, ["ambiguous", "may-reject", "must-accept", "must-reject", "should-accept", "unspecified"]);
    assert_eq!(Expect::ShouldReject.as_str(), "should-reject");
    let classes: Vec<_> = TABLE.iter().flat_map(|(_, _, said)| said.iter()).collect();
    for class in [
        Class::RejectsValid,
        Class::AcceptsForbidden,
        Class::ServerError,
        Class::Dropped,
        Class::Hang,
        Class::WrongStatus,
        Class::WrongCode,
        Class::Lenient,
        Class::Ambiguous,
    ] {
        assert!(classes.iter().any(|said| said.starts_with(class.as_str())), "{class:?} has no row");
    }
}
