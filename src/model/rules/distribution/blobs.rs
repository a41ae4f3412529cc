//! Rules from distribution-spec on reading blobs: the duties of HEAD and GET, for the scripts that upload the blobs they read. Rules
//! that hold for manifests, too, are rows of other files, which call what is here.

use crate::exchange::Address;
use crate::exchange::roles::{blobs as roles, mounts, uploads};
use crate::model::policy::answered::{Answered, Flaw, ScriptedAnswer};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::expected::is_digest_of;
use crate::model::rules::distribution::reading;
use crate::model::rules::http::codings::coding;
use crate::model::versions::{BEFORE_DEV, FROM_1_0};

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Blobs);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "blob-pull-names-the-digest",
            clause: Clause {
                section: "pulling-blobs",
                summary: "the answer to GET of a blob has its digest in Docker-Content-Digest",
                sentence: "40a268c82ef5d8f1",
                ..PAGE
            },
            level: Level::Should,
            versions: BEFORE_DEV,
            why: "Clients cannot tell from the answer which blob they get.",
            fix: "Add Docker-Content-Digest to the answer to GET of a blob, or to the redirect that leads to it.",
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: names_the_digest,
    },
    AnswerRule {
        info: RuleInfo {
            id: "digest-header-has-the-given-algorithm",
            clause: Clause {
                section: "mounting-a-blob-from-another-repository",
                summary: "Docker-Content-Digest may have another algorithm than the digest in the request",
                sentence: "650e81b77974a135",
                ..PAGE
            },
            level: Level::May,
            versions: FROM_1_0,
            why: "Clients that compare the header with the digest they gave report a wrong blob.",
            fix: "Name content by the algorithm in the request.",
            family: Family::DigestHeaders,
            ..REGISTRY
        },
        class: Class::Inconsistent,
        check: has_the_given_algorithm,
    },
];

/// The digest that a request gives, in its path or in its query.
fn given<'a>(one: &ScriptedAnswer<'a>) -> Option<&'a str> {
    match &one.request.address {
        Address::Path(path) if path.contains("/blobs/uploads/") => {
            let (_, query) = path.split_once('?')?;
            query.split('&').find_map(|pair| pair.strip_prefix("digest=").or_else(|| pair.strip_prefix("mount=")))
        }
        Address::Path(path) => path.rsplit('/').next(),
        Address::Location { query, .. } => query.strip_prefix("digest="),
    }
}

/// The complete 200 answers to GET of a whole blob.
fn pulled<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = ScriptedAnswer<'a>> {
    let each = [roles::GET, roles::GET_LOCATION, mounts::GET_LOCATION, roles::GET_RANGE];
    let answers = each.into_iter().flat_map(|role| answered.scripted(role));
    answers.filter(|one| one.answer.status == 200 && !one.answer.cut)
}

/// `blob-pull-answers-200`
pub(in crate::model) fn get_answers_200(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::GET).filter(|one| one.answer.status != 200) {
        flaws.push(one.flaw(format!("GET of an uploaded blob returned {}", one.answer.status)));
    }
}

/// `blob-pull-returns-the-blob`
pub(in crate::model) fn returns_the_blob(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let uploaded = &answered.content.exchange.tested.body;
    for one in pulled(answered) {
        // A blob of another session is known by its digest only.
        let is_right = match given(&one).filter(|_| one.request.role == roles::GET) {
            Some(digest) if *digest != *uploaded.digest() => is_digest_of(digest, &one.answer.body),
            _ => one.answer.body == *uploaded.bytes(),
        };
        if !is_right {
            let (returned, uploaded) = (one.answer.body.len(), uploaded.len());
            let message = format!("GET of a blob returned {returned} bytes that differ from the {uploaded} uploaded");
            flaws.push(one.flaw(message));
        }
    }
}

/// `blob-pull-digest-header-is-the-blobs`
pub(in crate::model) fn digest_header(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in pulled(answered) {
        // An answer with other bytes than the blob's is reported as such.
        let tested = &answered.content.exchange.tested;
        let is_right = |header: &&str| {
            // Usually so, and known without hashing again.
            *header == tested.digest()
                || given(&one) == Some(*header)
                || is_digest_of(header, &one.answer.body)
                || is_digest_of(header, &tested.body)
        };
        if let Some(header) = one.answer.header("docker-content-digest").filter(|header| !is_right(header)) {
            flaws.push(one.flaw(format!("Docker-Content-Digest is {header}, not the blob's digest")));
        }
    }
}

/// `head-answers-200`
pub(in crate::model) fn head_answers_200(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::HEAD).filter(|one| one.answer.status != 200) {
        flaws.push(one.flaw(format!("HEAD of an uploaded blob returned {}", one.answer.status)));
    }
}

fn heads<'a>(answered: &'a Answered<'_, '_>) -> impl Iterator<Item = ScriptedAnswer<'a>> {
    answered.scripted(roles::HEAD).filter(|one| one.answer.status == 200)
}

/// `head-names-the-digest`
pub(in crate::model) fn head_names_the_digest(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in heads(answered).filter(|one| one.answer.header("docker-content-digest").is_none()) {
        flaws.push(one.flaw("no Docker-Content-Digest in the answer to HEAD of a blob".to_owned()));
    }
}

/// `head-names-the-length`
pub(in crate::model) fn head_names_the_length(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let length = answered.content.exchange.tested.body.len().to_string();
    for one in heads(answered).filter(|one| coding(one.answer).is_none()) {
        match one.answer.header("content-length") {
            None => flaws.push(one.flaw("no Content-Length in the answer to HEAD of a blob".to_owned())),
            Some(header) if header != length => {
                let message = format!("Content-Length is {header} in the answer to HEAD of a blob, not {length}");
                flaws.push(one.flaw(message).classed(Class::Inconsistent));
            }
            Some(_) => {}
        }
    }
}

/// `missing-blob-answers-404`: the digest that was refused is that of bytes that were never sent.
pub(in crate::model) fn refused_is_absent(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::GET_REFUSED).filter(|one| one.answer.status != 404) {
        flaws.push(one.flaw(format!("GET of a blob whose upload was refused returned {}", one.answer.status)));
    }
}

/// `missing-content-answers-404-to-head`
pub(in crate::model) fn head_of_refused(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for one in answered.scripted(roles::HEAD_REFUSED).filter(|one| one.answer.status != 404) {
        flaws.push(one.flaw(format!("HEAD of a blob whose upload was refused returned {}", one.answer.status)));
    }
}

/// `blob-pull-names-the-digest` and `blob-pull-always-names-the-digest`
pub(in crate::model) fn names_the_digest(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    reading::unnamed_blob(answered, flaws);
    let got = answered.scripted(roles::GET).filter(|one| one.answer.status == 200);
    for one in got.filter(|one| one.answer.header("docker-content-digest").is_none()) {
        flaws.push(one.flaw("no Docker-Content-Digest in the answer to GET of a blob".to_owned()));
    }
}

fn has_the_given_algorithm(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let each =
        [uploads::SINGLE_POST, uploads::CLOSE, mounts::MOUNT, mounts::MOUNT_WITHOUT_FROM, roles::HEAD, roles::GET];
    let answers = each.into_iter().flat_map(|role| answered.scripted(role));
    for one in answers.filter(|one| matches!(one.answer.status, 200 | 201)) {
        let algorithm = |digest: &str| digest.split_once(':').map(|(algorithm, _)| algorithm.to_owned());
        let named = one.answer.header("docker-content-digest").and_then(algorithm);
        let given = given(&one).and_then(algorithm);
        if let (Some(named), Some(given)) = (named, given)
            && named != given
        {
            let message = format!("Docker-Content-Digest is a {named} digest, but the request gave a {given} digest");
            flaws.push(one.flaw(message));
        }
    }
}
