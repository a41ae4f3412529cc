//! What the model says of runs of client programs: for each rule a run that keeps it and one that breaks it, and what is said of runs
//! that no sentence forbids.

use manifuzz::compare::{Finding, Grade, compare, compare_runs, grade};
use manifuzz::consumers::run_examples::{RunExample, stored};
use manifuzz::exchange::client::{Arrived, At, Ending, Kept, Operation, Outcome, Overrun, ProgramRun};
use manifuzz::exchange::{Capabilities, Exchange, Facts, Observation, Requests};
use manifuzz::model::{
    Binds, Class, Content, Expect, Party, Rule, Source, Versions, decide, decide_operation, judge, rule, rules,
};
use manifuzz::render::render;
use manifuzz::shape::Shape;

fn exchange(shape: &str) -> Exchange {
    render(&shape.parse::<Shape>().unwrap_or_else(|error| panic!("{shape}: {error}")))
}

fn findings_in(versions: Versions, exchange: &Exchange, runs: &[ProgramRun]) -> Vec<Finding> {
    let facts = Facts::as_meant(exchange);
    let judgement = judge(exchange, &facts, Party::Client, versions);
    compare_runs(&Content::new(exchange, &facts, versions), &judgement, runs)
}

/// The findings on one run, as `stage class grade`.
fn said(shape: &str, operation: Operation, change: impl FnOnce(&Exchange, &mut ProgramRun)) -> Vec<String> {
    let exchange = exchange(shape);
    let mut run = stored(&exchange, operation);
    change(&exchange, &mut run);
    let found = findings_in(Versions::V1_1, &exchange, &[run]);
    found.iter().map(|one| format!("{} {} {}", one.symptom.stage, one.symptom.class.as_str(), one.grade)).collect()
}

fn end(outcome: Outcome, ending: Ending) -> impl Fn(&Exchange, &mut ProgramRun) {
    move |_, run| (run.outcome, run.ending) = (outcome.clone(), ending)
}

fn refuse(exchange: &Exchange, run: &mut ProgramRun) {
    end(Outcome::Refused, Ending::Exit(1))(exchange, run);
}

fn usual(_: &Exchange, _: &mut ProgramRun) {}

fn expect(shape: &str, operation: Operation, versions: Versions) -> Expect {
    let exchange = exchange(shape);
    let facts = Facts::as_meant(&exchange);
    let content = Content::new(&exchange, &facts, versions);
    decide_operation(&content, &decide(&content), operation).expect
}

#[test]
fn each_rule_on_clients_has_a_run_that_keeps_it_and_one_that_breaks_it() {
    for rule in rules().filter(|rule| rule.on_runs().is_some()) {
        let example = RunExample::of(rule).unwrap_or_else(|| panic!("{} has no example", rule.id));
        let exchange = render(&example.shape());
        let named = |run: ProgramRun| {
            let found = findings_in(rule.newest_versions(), &exchange, &[run]);
            found.iter().flat_map(|finding| finding.rules.clone()).any(|id| id == rule.id)
        };
        assert!(!named(example.kept_by()), "{} is kept", rule.id);
        assert!(named(example.broken_by()), "{} is broken", rule.id);
        assert_eq!(rule.binds, Binds::Client, "{}", rule.id);
    }
    assert!(RunExample::all().iter().all(|example| rule(example.rule).is_some_and(|rule| rule.on_runs().is_some())));
}

#[test]
fn a_run_that_does_what_it_is_asked_for_on_valid_content_gives_no_finding() {
    let shapes = [
        "base",
        "kind=index",
        "config.mediaType=unknown",
        "layers.0.mediaType=unknown",
        "artifactType=present",
        "subject=present",
        "answer.manifest.content-type=absent",
        "answer.manifest.content-type=absent-in-head",
        "answer.manifest.digest=absent",
        "answer.manifest.length=absent",
        "answer.blob.length=absent",
        "answer.location=relative",
        "answer.realm=ours",
        "answer.redirect=other-host",
        "answer.referrers=many",
        "answer.status=429-once",
        "answer.status=500-once",
        "answer.status=401-in-pull",
    ];
    for shape in shapes {
        for operation in Operation::ALL {
            for versions in Versions::ALL {
                let exchange = exchange(shape);
                let found = findings_in(versions, &exchange, &[stored(&exchange, operation)]);
                assert!(found.is_empty(), "{operation} of {shape} by {versions}: {found:?}");
            }
        }
    }
}

#[test]
fn what_was_not_tested_gives_no_finding() {
    for outcome in [Outcome::Unsupported, Outcome::NotTested("it is not installed".to_owned())] {
        for shape in ["base", "config.mediaType=unknown", "answer.blob.body=other"] {
            for operation in Operation::ALL {
                assert!(said(shape, operation, end(outcome.clone(), Ending::Exit(1))).is_empty(), "{shape}");
            }
        }
    }
}

type Row = (&'static str, Operation, fn(&Exchange, &mut ProgramRun), &'static [&'static str]);

/// What is said of a run, by the default versions.
const TABLE: &[Row] = &[
    // The MUSTs on unknown types bind those who store or copy; whether a pull interprets the image depends on the program.
    ("config.mediaType=unknown", Operation::Copy, refuse, &["copy client-fails-on-valid violation"]),
    ("config.mediaType=unknown", Operation::Push, refuse, &["push client-fails-on-valid violation"]),
    ("config.mediaType=unknown", Operation::Pull, refuse, &["pull client-fails-on-valid note"]),
    ("layers.0.mediaType=unknown", Operation::Copy, refuse, &["copy client-fails-on-valid violation"]),
    ("artifactType=present", Operation::Push, refuse, &["push client-fails-on-valid violation"]),
    // A client may know the types of Docker.
    ("config.mediaType=other-family", Operation::Copy, refuse, &["copy client-fails-on-valid note"]),
    ("annotations=upper-case-key", Operation::Pull, refuse, &["pull client-fails-on-valid violation"]),
    ("unknown.member=text", Operation::Pull, refuse, &["pull client-fails-on-valid warning"]),
    ("kind=index", Operation::Pull, refuse, &["pull client-fails-on-valid warning"]),
    ("kind=index;manifests.0.platform=absent", Operation::Pull, refuse, &["pull client-fails-on-valid warning"]),
    ("kind=index;manifests.0.platform=windows", Operation::Pull, refuse, &["pull client-fails-on-valid note"]),
    ("kind=index;manifests.0.mediaType=unknown", Operation::Pull, refuse, &["pull client-fails-on-valid note"]),
    ("base", Operation::Copy, refuse, &["copy client-fails-on-valid note"]),
    ("content.manifests.0=index;kind=index", Operation::Copy, refuse, &["copy client-fails-on-valid warning"]),
    // The child is an image, whatever its descriptor says.
    ("kind=index;manifests.0.mediaType=index", Operation::Copy, refuse, &["copy client-fails-on-valid note"]),
    // Such layers are not uploaded, and a registry may miss them.
    ("layers.0.mediaType=nondistributable", Operation::Copy, refuse, &[]),
    ("layers.0.mediaType=docker-foreign", Operation::Push, refuse, &[]),
    // The content may be fetched from where it is not.
    ("config.urls=one", Operation::Push, refuse, &[]),
    // Support of SHA-512 is optional.
    ("kind=index;manifests.0.digest=pushed-sha512", Operation::Copy, refuse, &["copy client-fails-on-valid note"]),
    (
        "config.mediaType=unknown;layers.0.digest=pushed-sha512",
        Operation::Push,
        refuse,
        &["push client-fails-on-valid note"],
    ),
    ("answer.redirect=other-host", Operation::Pull, refuse, &["pull client-fails-on-valid note"]),
    ("answer.status=500-once", Operation::Pull, refuse, &["pull client-fails-on-valid note"]),
    // A refusal of what may be refused.
    ("schemaVersion=1", Operation::Pull, refuse, &[]),
    ("facts.config=missing", Operation::Pull, refuse, &[]),
    ("answer.blob.body=other", Operation::Pull, refuse, &[]),
    ("answer.blob.coding=gzip", Operation::Pull, refuse, &[]),
    ("answer.redirect=file", Operation::Pull, refuse, &[]),
    ("answer.realm=foreign", Operation::Pull, refuse, &[]),
    ("schemaVersion=1", Operation::Pull, usual, &[]),
    // Other bytes.
    ("answer.manifest.length=larger", Operation::Copy, usual, &["copy client-takes-forbidden warning"]),
    ("answer.manifest.content-type=html", Operation::Pull, usual, &["pull client-takes-forbidden warning"]),
    ("mediaType=other", Operation::Pull, usual, &["pull client-takes-forbidden warning"]),
    ("content-type=json", Operation::Pull, usual, &["pull client-takes-forbidden warning"]),
    // Nothing to compare: a value that some read as absent, one that is the header's, a header without a type.
    ("mediaType=empty", Operation::Pull, usual, &[]),
    ("confusion.repeat=other-type-first", Operation::Pull, usual, &[]),
    ("confusion.repeat=other-type-last", Operation::Pull, usual, &[]),
    ("answer.manifest.content-type=other;mediaType=other", Operation::Pull, usual, &[]),
    ("content-type=empty", Operation::Pull, usual, &[]),
    ("content-type=garbage", Operation::Pull, usual, &[]),
    ("content-type=two", Operation::Pull, usual, &[]),
    ("answer.manifest.body=other", Operation::Pull, usual, &[]),
    ("answer.manifest.digest=other", Operation::Pull, usual, &[]),
    ("answer.blob.body=other", Operation::Push, usual, &[]),
    ("answer.blob.length=larger", Operation::Pull, usual, &[]),
];

#[test]
fn the_level_follows_the_sentence() {
    for (shape, operation, change, expected) in TABLE {
        assert_eq!(said(shape, *operation, *change), *expected, "{operation} of {shape}");
    }
}

#[test]
fn wrong_blobs_that_were_not_read_are_not_taken() {
    let forget = |_: &Exchange, run: &mut ProgramRun| run.arrived.retain(|one| !one.target.contains("/blobs/"));
    assert!(said("answer.blob.body=other", Operation::Copy, forget).is_empty(), "they may be mounted");
    let all = said("answer.blob.body=other", Operation::Copy, usual);
    assert!(all.len() == 2 && all.iter().all(|one| one == "copy client-takes-forbidden warning"), "{all:?}");
    let sizes = said("layers.0.size=one-less", Operation::Pull, usual);
    assert_eq!(sizes, ["pull client-takes-forbidden warning"]);
}

#[test]
fn other_bytes_of_a_manifest_count_where_it_was_asked_for_by_digest() {
    let by_digest = |path: Option<&'static str>| {
        move |exchange: &Exchange, run: &mut ProgramRun| {
            let need = path.and_then(|path| exchange.needs.iter().find(|need| need.path == path));
            let digest = need.map_or(exchange.tested.digest(), |need| &need.digest);
            let target = format!("/v2/r/manifests/{digest}");
            let method = "GET".to_owned();
            run.arrived.push(Arrived {
                at: At::Registry,
                method,
                target,
                is_of_case: true,
                has_credentials: false,
                status: 200,
            });
        }
    };
    for body in ["other", "truncated", "longer"] {
        let shape = format!("answer.manifest.body={body}");
        assert!(said(&shape, Operation::Pull, usual).is_empty(), "{body} by tag");
        assert_eq!(said(&shape, Operation::Pull, by_digest(None)), ["pull client-takes-forbidden warning"], "{body}");
        let index = said(&format!("{shape};kind=index"), Operation::Copy, by_digest(Some("manifests.0")));
        assert_eq!(index, ["copy client-takes-forbidden warning"], "{body} of a child");
    }
    assert!(said("base", Operation::Pull, by_digest(None)).is_empty());
}

#[test]
fn a_crash_and_a_hang_are_at_least_warnings() {
    let crash = || end(Outcome::Crashed, Ending::Signal(11));
    let hang = || end(Outcome::Hung, Ending::Timeout);
    assert_eq!(said("schemaVersion=1", Operation::Pull, crash()), ["pull client-crash warning"]);
    assert_eq!(said("config.mediaType=unknown", Operation::Copy, crash()), ["copy client-crash violation"]);
    assert_eq!(said("answer.blob.body=endless", Operation::Pull, hang()), ["pull client-hang warning"]);
    assert_eq!(said("artifactType=present", Operation::Push, hang()), ["push client-hang violation"]);
    assert_eq!(said("answer.redirect=loop", Operation::Pull, hang()), ["pull client-hang warning"]);
    let exchange = exchange("base");
    let run = ProgramRun { overrun: Some(Overrun::Disk), outcome: Outcome::Hung, ..stored(&exchange, Operation::Pull) };
    let found = findings_in(Versions::V1_1, &exchange, &[run]);
    assert!(found[0].note.contains("limit of disk"), "{found:?}");
}

#[test]
fn credentials_at_another_host_are_a_violation_by_every_version() {
    let send = |at, target: &'static str| {
        move |_: &Exchange, run: &mut ProgramRun| {
            let (method, target) = ("GET".to_owned(), target.to_owned());
            run.arrived.push(Arrived { at, method, target, is_of_case: true, has_credentials: true, status: 200 });
        }
    };
    let leak: &[&str] = &["pull client-leaks-credentials violation"];
    let note: &[&str] = &["pull client-leaks-credentials note"];
    let table: [(&str, At, &str, &[&str]); 9] = [
        ("answer.redirect=other-host", At::Foreign, "/v2/r/blobs/sha256:1", leak),
        ("answer.redirect=other-host", At::Proxy, "http://other.example/v2/r/blobs/sha256:1", leak),
        ("answer.redirect=other-host", At::Proxy, "http://127.0.0.1:5000/v2/r/blobs/sha256:1", &[]),
        ("answer.redirect=other-host", At::Registry, "/v2/r/blobs/sha256:1", &[]),
        ("answer.link.referrers=other-host", At::Foreign, "/v2/r/referrers/sha256:1", leak),
        ("layers.0.urls=one", At::Urls, "/layer", leak),
        ("answer.realm=foreign", At::ForeignRealm, "/token", note),
        ("answer.realm=plain-http", At::ForeignRealm, "/token", note),
        ("answer.realm=private-address", At::ForeignRealm, "/token", leak),
    ];
    for (shape, at, target, expected) in table {
        assert_eq!(said(shape, Operation::Pull, send(at, target)), expected, "{shape} at {at:?}");
    }
    // A Link that is followed without credentials is a note.
    let follow = |exchange: &Exchange, run: &mut ProgramRun| {
        send(At::Foreign, "/v2/r/tags/list?last=a")(exchange, run);
        run.arrived.iter_mut().for_each(|one| one.has_credentials = false);
    };
    assert_eq!(said("answer.link.tags=other-host", Operation::Tags, follow), ["list client-takes-forbidden note"]);
    for versions in Versions::ALL {
        let exchange = exchange("answer.redirect=other-host");
        let mut run = stored(&exchange, Operation::Pull);
        send(At::Foreign, "/v2/r/blobs/sha256:1")(&exchange, &mut run);
        let found = findings_in(versions, &exchange, &[run]);
        assert!(found.len() == 1 && found[0].grade == Grade::Violation, "{versions}: {found:?}");
        assert!(!found[0].note.contains("sha256:1"), "a note has no names: {}", found[0].note);
    }
}

#[test]
fn a_child_that_a_client_chose_is_not_an_altered_index() {
    let choose = |exchange: &Exchange, run: &mut ProgramRun| {
        let child = exchange.needs.iter().find(|need| need.path == "manifests.0").unwrap();
        let media_type = "application/vnd.oci.image.manifest.v1+json".to_owned();
        run.kept = Some(Kept { bytes: child.bytes.clone(), media_type });
    };
    assert!(said("kind=index", Operation::Copy, choose).is_empty());
    let rewrite = |_: &Exchange, run: &mut ProgramRun| {
        run.kept = Some(Kept { bytes: b"{}"[..].into(), media_type: String::new() });
    };
    assert_eq!(said("kind=index", Operation::Copy, rewrite), ["copy client-alters violation"]);
    assert!(said("kind=docker-image", Operation::Pull, rewrite).is_empty(), "clients may convert Docker's images");
    assert!(said("content-encoding=gzip", Operation::Copy, rewrite).is_empty(), "HTTP's coding may be undone");
    assert_eq!(said("content-encoding=identity", Operation::Copy, rewrite), ["copy client-alters violation"]);
}

#[test]
fn only_leaks_and_files_outside_are_violations_by_a_document_other_than_ocis() {
    let mut grades = Vec::new();
    for (rule, class) in rules().filter_map(|rule| Some((rule, rule.on_runs()?.class))) {
        let of_rule = grade(class, Expect::Unspecified, Some(Rule::info(rule)));
        let is_irreparable = matches!(class, Class::ClientLeaksCredentials | Class::ClientWritesOutside);
        let is_oci = matches!(rule.clause.document, Source::ImageSpec | Source::DistributionSpec);
        assert!(of_rule != Grade::Violation || is_oci || is_irreparable, "{}", rule.id);
        grades.push(of_rule);
    }
    assert!([Grade::Note, Grade::Warning, Grade::Violation].iter().all(|one| grades.contains(one)));
}

#[test]
fn an_expectation_is_of_one_operation() {
    let of = |shape, operation| expect(shape, operation, Versions::V1_1);
    assert_eq!(of("config.mediaType=unknown", Operation::Copy), Expect::MustAccept);
    assert_eq!(of("config.mediaType=unknown", Operation::Pull), Expect::ShouldAccept);
    assert_eq!(of("config.mediaType=unknown", Operation::List), Expect::ShouldAccept);
    assert_eq!(of("answer.blob.body=other", Operation::Pull), Expect::ShouldReject);
    assert_eq!(of("answer.blob.body=other", Operation::Push), Expect::Unspecified);
    assert_eq!(of("answer.manifest.body=truncated", Operation::Pull), Expect::Unspecified);
    assert_eq!(of("reference=wrong-digest", Operation::Pull), Expect::Unspecified);
    assert_eq!(of("facts.config=missing", Operation::Pull), Expect::MayReject);
    // Version 1.0 has no sentence on unknown types of configs, but a MUST on unknown members.
    assert_eq!(expect("config.mediaType=unknown", Operation::Copy, Versions::V1_0), Expect::ShouldAccept);
    assert_eq!(expect("unknown.member=text", Operation::Pull, Versions::V1_0), Expect::MustAccept);
}

#[test]
fn an_observation_with_runs_is_compared_by_them() {
    let exchange = exchange("artifactType=present");
    let facts = Facts::as_meant(&exchange);
    let mut run = stored(&exchange, Operation::Copy);
    (run.outcome, run.ending, run.last_line) = (Outcome::Refused, Ending::Exit(3), "unsupported".to_owned());
    let runs = vec![stored(&exchange, Operation::Pull), run];
    let observation = Observation {
        facts: facts.clone(),
        replies: Vec::new(),
        repository: String::new(),
        tag: String::new(),
        tag_is_new: true,
        body_is_new: true,
        fresh_repository: true,
        requests: Requests::default(),
        script: Default::default(),
        runs,
    };
    let judgement = judge(&exchange, &facts, Party::Client, Versions::V1_1);
    let found = compare(&exchange, &judgement, &observation, &Capabilities::ALL, Versions::V1_1);
    let [finding] = &found[..] else { panic!("{found:?}") };
    assert_eq!(finding.symptom.to_string(), "copy client-fails-on-valid - exit:3 -");
    assert_eq!((&*finding.message, &*finding.expect), ("unsupported", "must-accept"));
    assert_eq!(finding.rules_due, ["client-takes-unknown-artifact-types"]);
    assert!(finding.breaks_a_duty_to_accept() && finding.note.starts_with("copy: exit 3: "), "{}", finding.note);
}
