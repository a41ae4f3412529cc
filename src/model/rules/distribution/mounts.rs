//! Rules from distribution-spec on mounting a blob from another repository.

use crate::exchange::roles::mounts as roles;
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::expected::is_digest_of;
use crate::model::rules::distribution::locations::malformed_of;
use crate::model::rules::distribution::uploads::lacks_a_location;
use crate::model::versions::{FROM_1_0, FROM_1_1};

const SECTION: &str = "mounting-a-blob-from-another-repository";

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Mounts);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "mount-answers-201",
            clause: Clause {
                section: SECTION,
                summary: "a blob that was mounted is answered with 201",
                sentence: "d8be672cffe8ef83",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients cannot tell whether the blob was mounted or has to be uploaded.",
            fix: "Answer a mount with 201 if the repository now has the blob, else with 202.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: answers_201,
    },
    AnswerRule {
        info: RuleInfo {
            id: "mount-answers-a-location",
            clause: Clause {
                section: SECTION,
                summary: "the answer to a mount has the blob's URL in Location",
                sentence: "d8be672cffe8ef83",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "Clients that use Location to find the mounted blob do not get its URL.",
            fix: "Add Location with the blob's URL in its new repository to the 201.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: answers_a_location,
    },
    AnswerRule {
        info: RuleInfo {
            id: "mount-location-is-pullable",
            clause: Clause {
                section: SECTION,
                summary: "GET of the Location of a mounted blob returns it",
                sentence: "d8be672cffe8ef83",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_0,
            why: "An image whose layers were mounted cannot be pulled although the push succeeded.",
            fix: "Answer a mount with 201 only if GET of its Location returns the blob.",
            ..REGISTRY
        },
        class: Class::Lost,
        check: location_is_pullable,
    },
    AnswerRule {
        info: RuleInfo {
            id: "mount-digest-header-is-the-blobs",
            clause: Clause {
                section: SECTION,
                summary: "Docker-Content-Digest of a mounted blob is its digest",
                sentence: "650e81b77974a135",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients that compare Docker-Content-Digest with the digest they asked for report a wrong blob.",
            fix: "Set Docker-Content-Digest to the digest of the mounted blob.",
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: digest_header,
    },
    AnswerRule {
        info: RuleInfo {
            id: "mount-without-from-is-taken",
            clause: Clause {
                section: SECTION,
                summary: "a registry may mount a blob without being told from where, and otherwise opens a session",
                sentence: "761f16a529093837",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_1,
            why: "Clients that do not know another repository with the blob fail instead of uploading it.",
            fix: "Answer a mount without from with 202 and the URL of a session if no repository can be found.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: without_from,
    },
    AnswerRule {
        info: RuleInfo {
            id: "failed-mount-opens-a-session",
            clause: Clause {
                section: SECTION,
                summary: "a registry that cannot mount a blob opens a session",
                sentence: "c3234a753824064d",
                ..PAGE
            },
            level: Level::Should,
            versions: FROM_1_0,
            why: "Clients that mount fail instead of uploading the blob.",
            fix: "Answer a mount that cannot be done with 202 and the URL of a session in Location.",
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: opens_a_session,
    },
];

fn mounts<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = ScriptedAnswer<'a>> {
    let each = [roles::MOUNT, roles::MOUNT_FROM_UNKNOWN, roles::MOUNT_WITHOUT_FROM];
    each.into_iter().flat_map(|role| answered.scripted(role))
}

fn answers_201(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let done = mounts(answered).filter(|one| one.answer.is_success());
    for one in done.filter(|one| !matches!(one.answer.status, 201 | 202)) {
        flaws.push(one.flaw(format!("a mount was answered with {} instead of 201 or 202", one.answer.status)));
    }
}

fn answers_a_location(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in mounts(answered).filter(|one| one.answer.status == 201 && lacks_a_location(one)) {
        flaws.push(one.flaw("the answer to a mount has no Location".to_owned()));
    }
}

fn location_is_pullable(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    flaws.extend(malformed_of(answered, roles::GET_LOCATION));
    for one in answered.scripted(roles::GET_LOCATION).filter(|one| one.answer.status != 200) {
        flaws.push(one.flaw(format!("GET of the Location of a mounted blob returned {}", one.answer.status)));
    }
}

/// A digest of another algorithm is allowed.
fn digest_header(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let body = &answered.content.exchange.tested.body;
    for one in mounts(answered).filter(|one| one.answer.status == 201) {
        if let Some(header) = one.answer.header("docker-content-digest").filter(|header| !is_digest_of(header, body)) {
            flaws.push(one.flaw(format!("Docker-Content-Digest is {header}, not the digest of the mounted blob")));
        }
    }
}

fn without_from(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::MOUNT_WITHOUT_FROM).filter(|one| one.answer.status >= 400) {
        flaws.push(one.flaw(format!("a mount without from was refused with {}", one.answer.status)));
    }
}

/// One without `from` may be refused, since the registry need not treat that parameter as optional.
fn opens_a_session(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in mounts(answered) {
        match one.answer.status {
            202 if lacks_a_location(&one) => {
                let message = "a mount was answered with 202 without Location".to_owned();
                flaws.push(one.flaw(message).classed(Class::MissingHeader));
            }
            400.. if one.request.role != roles::MOUNT_WITHOUT_FROM => {
                let status = one.answer.status;
                flaws.push(one.flaw(format!("a mount was refused with {status} instead of opening a session")));
            }
            _ => {}
        }
    }
}
