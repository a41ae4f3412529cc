//! For each rule on client programs: a case, a run on it that keeps the rule, and one that breaks it. `manifuzz rules` shows them, and
//! tests hold the model to them.

use crate::exchange::client::Operation::{Copy, List, Pull, Push, Tags};
use crate::exchange::client::{Arrived, At, Ending, Escaped, Kept, Operation, Outcome, ProgramRun};
use crate::exchange::{Exchange, Facts, NeedKind, unknown_digest};
use crate::model::{Content, Rule, RunDeparture, rule, run_duties};
use crate::render::render;
use crate::shape::Shape;

/// What a run on an example does beyond fetching everything and ending well.
type Change = fn(&Exchange, &mut ProgramRun);

/// A case, and two runs on it.
#[derive(Clone, Copy, Debug)]
pub struct RunExample {
    /// The id of the rule.
    pub rule: &'static str,
    shape: &'static str,
    operation: Operation,
    keeps: Change,
    breaks: Change,
}

const fn example(
    rule: &'static str,
    shape: &'static str,
    operation: Operation,
    keeps: Change,
    breaks: Change,
) -> RunExample {
    RunExample { rule, shape, operation, keeps, breaks }
}

/// An example of a rule that requires to take content.
const fn taken(rule: &'static str, shape: &'static str, operation: Operation) -> RunExample {
    example(rule, shape, operation, usual, refuse)
}

/// An example of a rule that recommends to refuse what is served.
const fn refused(rule: &'static str, shape: &'static str, breaks: Change) -> RunExample {
    example(rule, shape, Operation::Pull, refuse, breaks)
}

/// An example of a request that arrived with credentials. The other run asks for the same without them.
const fn leak(rule: &'static str, shape: &'static str, operation: Operation, breaks: Change) -> RunExample {
    let keeps: Change = |_, _| {};
    RunExample { rule, shape, operation, keeps, breaks }
}

/// One example for each rule.
const ALL: &[RunExample] = &[
    taken("client-takes-unknown-artifact-types", "artifactType=present", Copy),
    taken("client-takes-unknown-config-types", "config.mediaType=unknown", Copy),
    taken("client-takes-unknown-layer-types", "layers.0.mediaType=unknown", Push),
    taken("client-takes-zstd-layers", "layers.0.mediaType=zstd", Pull),
    taken("client-takes-unknown-child-types", "kind=index;manifests=two;manifests.0.mediaType=unknown", Pull),
    taken("client-takes-nested-indexes", "content.manifests.0=index;kind=index", Copy),
    taken("client-handles-indexes", "kind=index", Pull),
    taken("client-takes-unknown-members", "unknown.member=text", Pull),
    taken("client-ignores-unknown-members", "unknown.member=text", Pull),
    taken("client-takes-unknown-annotation-keys", "annotations=upper-case-key", Pull),
    taken("client-ignores-content-type-parameters", "content-type=parameters", Pull),
    taken("client-follows-redirects", "answer.redirect=other-host", Pull),
    example(
        "client-parses-no-unknown-config",
        "config.mediaType=unknown;content.config=not-json",
        Pull,
        usual,
        |_, run| {
            end(run, Outcome::Refused, "Error: invalid character 'o' in literal null");
        },
    ),
    refused("client-verifies-content", "answer.blob.body=other", usual),
    refused("client-verifies-pulled-blobs", "answer.blob.body=truncated", usual),
    refused("client-verifies-sizes", "answer.blob.body=longer", usual),
    refused("client-verifies-pinned-manifests", "answer.manifest.body=other", |exchange, run| {
        get_manifest(run, exchange.tested.digest());
    }),
    example("client-verifies-a-digest-header-that-it-uses", "answer.manifest.digest=other", Pull, usual, |_, run| {
        get_manifest(run, &unknown_digest());
    }),
    refused("client-refuses-contradicting-types", "answer.manifest.content-type=other", usual),
    refused("http-client-refuses-incomplete-manifests", "answer.manifest.length=larger", usual),
    leak("client-redirects-no-authorization", "answer.realm=ours;answer.redirect=other-host", Pull, |_, run| {
        send_credentials(run, At::Foreign, "GET", "/v2/r/blobs/sha256:1");
    }),
    leak("http-client-redirects-no-credentials", "answer.realm=ours;answer.location=redirected", Push, |_, run| {
        send_credentials(run, At::Foreign, "POST", "/v2/r/blobs/uploads/");
    }),
    leak(
        "http-client-uploads-no-credentials-elsewhere",
        "answer.location=other-host;answer.realm=ours",
        Push,
        |_, run| {
            send_credentials(run, At::Foreign, "PUT", "/v2/r/blobs/uploads/1?digest=sha256:1");
        },
    ),
    leak(
        "http-client-links-no-credentials-elsewhere",
        "answer.link.tags=other-host;answer.realm=ours",
        Tags,
        |_, run| {
            send_credentials(run, At::Foreign, "GET", "/v2/r/tags/list?last=a");
        },
    ),
    leak("http-client-sends-no-credentials-to-layer-urls", "answer.realm=ours;layers.0.urls=one", Pull, |_, run| {
        send_credentials(run, At::Urls, "GET", "/manifuzz/layer");
    }),
    leak("http-client-sends-no-credentials-in-the-clear", "answer.realm=plain-http", Pull, |_, run| {
        send_credentials(run, At::ForeignRealm, "GET", "/token?service=r");
    }),
    leak("http-client-sends-no-credentials-to-private-addresses", "answer.realm=private-address", Pull, |_, run| {
        send_credentials(run, At::ForeignRealm, "GET", "/token?service=r");
    }),
    leak("http-client-trusts-a-token-service-elsewhere", "answer.realm=foreign", Pull, |_, run| {
        send_credentials(run, At::ForeignRealm, "GET", "/token?service=r");
    }),
    example("client-falls-back-to-the-referrers-tag", "answer.referrers=unavailable", List, ask_tag, ask_api),
    example("client-lists-what-the-referrers-tag-holds", WITH_SUBJECT, List, list_tag, |exchange, run| {
        ask_tag(exchange, run);
        run.listed = Some(Vec::new());
    }),
    example("client-keeps-the-referrers-tag", WITH_SUBJECT, Push, keep_tag, keep),
    example("client-reads-every-page-of-referrers", "answer.link.referrers=pages", List, two_pages, one_page),
    example("client-reads-every-page-of-tags", "answer.link.tags=pages", Tags, two_pages, one_page),
    example("http-client-considers-where-links-lead", "answer.link.tags=other-host", Tags, one_page, |_, run| {
        arrive(run, At::Foreign, "GET", "/v2/r/tags/list?last=a", 200);
    }),
    example("client-writes-only-below-its-folder", "base", Pull, usual, |_, run| {
        run.escaped.push(Escaped { path: "../escaped".to_owned() });
    }),
    example("client-copies-exact-bytes", "base", Copy, keep, |exchange, run| {
        let bytes = [&exchange.tested.body[..], b"\n"].concat().into();
        run.kept = Some(Kept { bytes, media_type: media_type(exchange) });
    }),
    example("client-pushes-the-documents-media-type", "base", Copy, keep, |exchange, run| {
        let bytes = exchange.tested.body.bytes().clone();
        run.kept = Some(Kept { bytes, media_type: "application/json".to_owned() });
    }),
    example("http-client-detects-cyclical-redirects", "answer.redirect=loop", Pull, refuse, |_, run| {
        (run.outcome, run.ending) = (Outcome::Hung, Ending::Timeout);
    }),
];

const WITH_SUBJECT: &str = "answer.referrers=unavailable;subject=present";

fn usual(_: &Exchange, _: &mut ProgramRun) {}

fn end(run: &mut ProgramRun, outcome: Outcome, last_line: &str) {
    (run.outcome, run.ending, run.last_line) = (outcome, Ending::Exit(1), last_line.to_owned());
}

fn refuse(_: &Exchange, run: &mut ProgramRun) {
    end(run, Outcome::Refused, "Error: refused");
}

fn arrive(run: &mut ProgramRun, at: At, method: &str, target: &str, status: u16) {
    let (method, target) = (method.to_owned(), target.to_owned());
    run.arrived.push(Arrived { at, method, target, is_of_case: true, has_credentials: false, status });
}

fn send_credentials(run: &mut ProgramRun, at: At, method: &str, target: &str) {
    arrive(run, at, method, target, 200);
    run.arrived.iter_mut().last().expect("it arrived").has_credentials = true;
}

fn get_manifest(run: &mut ProgramRun, reference: &str) {
    arrive(run, At::Registry, "GET", &format!("/v2/r/manifests/{reference}"), 200);
}

fn media_type(exchange: &Exchange) -> String {
    exchange.tested.content_type.as_deref().unwrap_or_default().to_owned()
}

fn keep(exchange: &Exchange, run: &mut ProgramRun) {
    arrive(run, At::Registry, "PUT", "/v2/to/manifests/t", 201);
    run.kept = Some(Kept { bytes: exchange.tested.body.bytes().clone(), media_type: media_type(exchange) });
}

fn keep_tag(exchange: &Exchange, run: &mut ProgramRun) {
    keep(exchange, run);
    arrive(run, At::Registry, "PUT", "/v2/to/manifests/sha256-1", 201);
}

fn ask_api(_: &Exchange, run: &mut ProgramRun) {
    arrive(run, At::Registry, "GET", "/v2/r/referrers/sha256:1", 404);
}

fn ask_tag(exchange: &Exchange, run: &mut ProgramRun) {
    ask_api(exchange, run);
    get_manifest(run, "sha256-1");
}

fn list_tag(exchange: &Exchange, run: &mut ProgramRun) {
    ask_tag(exchange, run);
    run.listed = Some(vec![exchange.tested.digest().to_owned()]);
}

fn one_page(_: &Exchange, run: &mut ProgramRun) {
    let list = if run.operation == Operation::Tags { "tags/list" } else { "referrers/sha256:1" };
    arrive(run, At::Registry, "GET", &format!("/v2/r/{list}"), 200);
}

fn two_pages(exchange: &Exchange, run: &mut ProgramRun) {
    one_page(exchange, run);
    one_page(exchange, run);
}

/// A run that ends well: it fetched the manifest by tag and every blob.
pub fn stored(exchange: &Exchange, operation: Operation) -> ProgramRun {
    let mut run = ProgramRun::new(operation, Outcome::Stored);
    if operation.reads() {
        get_manifest(&mut run, "t");
        for need in exchange.needs.iter().filter(|need| need.kind == NeedKind::Blob) {
            arrive(&mut run, At::Registry, "GET", &format!("/v2/r/blobs/{}", need.digest), 200);
        }
    }
    run
}

impl RunExample {
    /// One example for each rule on client programs.
    pub fn all() -> &'static [Self] {
        ALL
    }

    /// The example of a rule; `None` for other rules.
    pub fn of(rule: Rule) -> Option<&'static Self> {
        ALL.iter().find(|example| example.rule == rule.id)
    }

    /// The case.
    ///
    /// # Panics
    ///
    /// If its text is not a shape, which a test would find.
    pub fn shape(&self) -> Shape {
        self.shape.parse().unwrap_or_else(|error| panic!("the example of {}: {error}", self.rule))
    }

    /// The operation of both runs.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// A run on the case that keeps the rule.
    pub fn kept_by(&self) -> ProgramRun {
        self.run(self.keeps)
    }

    /// A run on the case that breaks the rule.
    pub fn broken_by(&self) -> ProgramRun {
        self.run(self.breaks)
    }

    fn run(&self, change: Change) -> ProgramRun {
        let exchange = render(&self.shape());
        let mut run = stored(&exchange, self.operation);
        change(&exchange, &mut run);
        run
    }

    /// The rules that a run on the case breaks besides taking and failing, in the newest versions of this rule.
    pub fn departures(&self, run: &ProgramRun) -> Vec<RunDeparture> {
        let exchange = render(&self.shape());
        let facts = Facts::as_meant(&exchange);
        let versions = rule(self.rule).map(|rule| rule.newest_versions()).unwrap_or_default();
        run_duties(&Content::new(&exchange, &facts, versions), run)
    }
}
