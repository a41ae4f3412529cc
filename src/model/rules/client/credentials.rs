//! Where clients send credentials. No sentence of a released OCI specification is about it, so HTTP's are cited; what a leak does cannot
//! be undone, so the grade of the class does not depend on that.

use crate::exchange::client::{Answers, Arrived, At, Link, Location, Realm, Redirect};
use crate::model::policy::ran::{Ran, RunFlaw};
use crate::model::rule::{Binds, Class, Clause, ClientRule, Family, Level, Requires, RuleInfo, Source};
use crate::model::versions::{ALWAYS, BEFORE_DEV, FROM_DEV};

const RFC_9110: Clause = Clause::of(Source::Http, "RFC 9110");
const SPACE: Clause = Clause { section: "section-11.5", ..RFC_9110 };
const CLIENT: RuleInfo =
    RuleInfo { level: Level::Should, versions: ALWAYS, ..RuleInfo::of(Binds::Client, Family::ClientCredentials) };
const STOLEN: &str = "The owner of the address gets the user's credentials for the registry.";

const fn duty(info: RuleInfo, check: fn(&Ran<'_, '_>, &mut Vec<RunFlaw>)) -> ClientRule {
    ClientRule { info, class: Class::ClientLeaksCredentials, requires: Requires::Duty(check) }
}

pub(super) const RULES: &[ClientRule] = &[
    duty(
        RuleInfo {
            id: "client-redirects-no-authorization",
            clause: Clause {
                section: "api",
                summary: "a client does not forward Authorization to the host that it is redirected to",
                sentence: "6432b31b189d87fc",
                ..Clause::of(Source::DistributionSpec, "spec.md")
            },
            level: Level::Must,
            versions: FROM_DEV,
            why: STOLEN,
            fix: "Remove the Authorization header before following a redirect to another host.",
            restates: "http-client-redirects-no-credentials",
            ..CLIENT
        },
        |ran, flaws| leaks(ran, flaws, is_redirected),
    ),
    duty(
        RuleInfo {
            id: "http-client-redirects-no-credentials",
            clause: Clause {
                summary: "credentials are for the server that asked for them, not for where it redirects to",
                ..SPACE
            },
            versions: BEFORE_DEV,
            why: STOLEN,
            fix: "Remove the Authorization header before following a redirect to another host.",
            ..CLIENT
        },
        |ran, flaws| leaks(ran, flaws, is_redirected),
    ),
    duty(
        RuleInfo {
            id: "http-client-uploads-no-credentials-elsewhere",
            clause: Clause {
                summary: "credentials are for the server that asked for them, not for another in its Location",
                ..SPACE
            },
            why: STOLEN,
            fix: "Send credentials with an upload only if its Location is on the registry's host.",
            ..CLIENT
        },
        |ran, flaws| leaks(ran, flaws, |one, answers| is_of_upload(one) && answers.location == Location::OtherHost),
    ),
    duty(
        RuleInfo {
            id: "http-client-links-no-credentials-elsewhere",
            clause: Clause {
                summary: "credentials are for the server that asked for them, not for another in its Link",
                ..SPACE
            },
            why: STOLEN,
            fix: "Follow the Link of a list only on the registry's host, or without credentials.",
            ..CLIENT
        },
        |ran, flaws| leaks(ran, flaws, is_linked),
    ),
    duty(
        RuleInfo {
            id: "http-client-sends-no-credentials-to-layer-urls",
            clause: Clause {
                summary: "credentials are for the server that asked for them, not for the urls of a layer",
                ..SPACE
            },
            why: STOLEN,
            fix: "Fetch the urls of a layer without the registry's credentials.",
            ..CLIENT
        },
        |ran, flaws| leaks(ran, flaws, |one, _| one.at == At::Urls),
    ),
    duty(
        RuleInfo {
            id: "http-client-sends-no-credentials-in-the-clear",
            clause: Clause {
                section: "section-4",
                summary: "Basic credentials are not secure without TLS",
                ..Clause::of(Source::Http, "RFC 7617")
            },
            // The sentence has no key word, and who runs these cases allowed the registry itself to be without TLS.
            level: Level::May,
            why: "Everyone on the way to a token service without TLS reads the user's password.",
            fix: "Send credentials to a realm without TLS only if the user allowed that for this host.",
            ..CLIENT
        },
        |ran, flaws| leaks(ran, flaws, |one, answers| is_of_realm(one) && answers.realm == Realm::PlainHttp),
    ),
    duty(
        RuleInfo {
            id: "http-client-sends-no-credentials-to-private-addresses",
            clause: Clause {
                summary: "a protection space does not reach a link-local address that a realm names",
                ..SPACE
            },
            why: "A registry makes the client talk to services of the machine's own network, such as instance metadata.",
            fix: "Refuse a realm with a link-local address.",
            ..CLIENT
        },
        |ran, flaws| leaks(ran, flaws, |one, answers| is_of_realm(one) && answers.realm == Realm::Private),
    ),
    duty(
        RuleInfo {
            id: "http-client-trusts-a-token-service-elsewhere",
            clause: Clause {
                summary: "a token service on another host may get the credentials for the registry",
                ..SPACE
            },
            // Large registries have their token service on another host, so this is how their clients must work.
            level: Level::May,
            why: "A registry that was taken over learns the user's credentials by naming its own token service.",
            fix: "Ask the user before sending credentials to a realm on a host that is new for the registry.",
            ..CLIENT
        },
        |ran, flaws| leaks(ran, flaws, |one, answers| is_of_realm(one) && answers.realm == Realm::Foreign),
    ),
];

fn leaks(ran: &Ran<'_, '_>, flaws: &mut Vec<RunFlaw>, is_so: fn(&Arrived, &Answers) -> bool) {
    let answers = &ran.content.exchange.answers;
    flaws.extend(ran.run.leaks().filter(|one| is_so(one, answers)).map(|one| {
        let path = one.target.split('?').next().unwrap_or_default();
        let kind = path.rsplit_once("/v2/").map_or("its path", |(_, path)| kind_of(path));
        Ran::flaw(format!("credentials arrived at {} with {} of {kind}", host(one.at), one.method))
    }));
}

/// What a path of the API is about. The path itself has fresh names.
fn kind_of(path: &str) -> &'static str {
    let parts =
        [("/blobs/uploads", "an upload"), ("/blobs/", "a blob"), ("/tags/", "tags"), ("/referrers/", "referrers")];
    parts.into_iter().find(|(part, _)| path.contains(part)).map_or("a manifest", |(_, name)| name)
}

fn host(at: At) -> &'static str {
    match at {
        At::Registry => "the registry",
        At::Foreign => "another host",
        At::ForeignRealm => "the token service of another host",
        At::Urls => "the host of a layer's urls",
        At::Proxy => "another host, by way of the proxy",
    }
}

/// Whether it arrived at a host that an answer named, other than a token service. The proxy is also asked for hosts of ours, where
/// the client does not except loopback addresses.
fn is_elsewhere(one: &Arrived) -> bool {
    one.at == At::Foreign
        || (one.at == At::Proxy && !["127.0.0.1", "localhost"].iter().any(|own| one.target.contains(own)))
}

fn is_of_realm(one: &Arrived) -> bool {
    one.at == At::ForeignRealm
}

fn is_of_upload(one: &Arrived) -> bool {
    is_elsewhere(one) && one.target.contains("/blobs/uploads")
}

fn is_redirected(one: &Arrived, answers: &Answers) -> bool {
    // Another port is another origin, and so another protection space.
    let is_content = match answers.redirect {
        Redirect::OtherHost => one.target.contains("/blobs/"),
        Redirect::OtherPort => one.target.contains("/blobs/") || one.target.contains("/manifests/"),
        Redirect::None | Redirect::Loop | Redirect::File => false,
    };
    (is_elsewhere(one) && is_content && !is_of_upload(one))
        || (is_of_upload(one) && answers.location == Location::Redirected)
}

/// Whether it is a page of a list at the host that the Link of the page before named.
pub(super) fn is_linked(one: &Arrived, answers: &Answers) -> bool {
    let is_tags = answers.tag_link == Link::OtherHost && one.target.contains("/tags/list");
    let is_referrers = answers.referrers_link == Link::OtherHost && one.target.contains("/referrers/");
    is_elsewhere(one) && (is_tags || is_referrers)
}
