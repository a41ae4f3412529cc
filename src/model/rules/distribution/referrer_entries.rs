//! Rules from distribution-spec on the entries of referrers lists: what each describes, and what may not be listed.

use crate::exchange::roles::referrers as roles;
use crate::exchange::{Answer, IMAGE_INDEX, Probe, Stage};
use crate::json::read_answer as read;
use crate::model::document::content::DocumentKind;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::distribution::referrer_lists::{all_lists, referrers_lists, subject_in};
use crate::model::rules::distribution::scripted_lists::{page_that_leads_back, repeated};
use crate::model::versions::{FROM_1_0_2, FROM_1_1};

const PAGE: Clause = Clause { section: "listing-referrers", ..Clause::of(Source::DistributionSpec, "spec.md") };
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::ReferrersEntries);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[
    AnswerRule {
        info: RuleInfo {
            id: "referrers-describe-the-manifest",
            clause: Clause {
                summary: "a referrer's descriptor has the manifest's media type and size",
                sentence: "141a8d48e7c80ba9",
                ..PAGE
            },
            level: Level::Must,
            versions: FROM_1_1,
            why: "Clients verify what they pull against the descriptor and reject the referrer.",
            fix: "Set mediaType to the type that the manifest was pushed with, and size to its length in bytes.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: describe_the_manifest,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-are-listed-once",
            clause: Clause {
                summary: "the descriptors of a referrers list and its pages are different",
                sentence: "5e12849523b68540",
                ..PAGE
            },
            // The sentence has no key word.
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients verify and copy the same signature or SBOM several times.",
            fix: "List each manifest once, whether it was found by its subject or in the referrers tag.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: are_listed_once,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-refer-to-the-subject",
            clause: Clause {
                summary: "each descriptor is of a manifest whose subject has the requested digest",
                sentence: "fde520e09f5da368",
                ..PAGE
            },
            // The sentence has no key word.
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients take a manifest that says nothing of the image for its signature or SBOM.",
            fix: "List only manifests whose subject has the requested digest.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: refer_to_the_subject,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-lack-deleted-manifests",
            clause: Clause {
                summary: "a manifest that was deleted is not in the referrers list",
                sentence: "fde520e09f5da368",
                ..PAGE
            },
            // The sentence has no key word.
            level: Level::Should,
            versions: FROM_1_1,
            why: "Clients try to pull a signature that is gone, or trust that one exists.",
            fix: "Remove a manifest from its subject's list before answering the deletion.",
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: lack_deleted_manifests,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-list-says-its-media-type",
            clause: Clause {
                document: Source::ImageSpec,
                page: "image-index.md",
                section: "image-index-property-descriptions",
                summary: "mediaType of the referrers list, an image index, is present",
                sentence: "adb7a5c1a1c2f9bc",
            },
            level: Level::Should,
            versions: FROM_1_0_2,
            why: "Clients that store the list cannot tell what it is without its Content-Type.",
            fix: "Add \"mediaType\": \"application/vnd.oci.image.index.v1+json\" to the list.",
            family: Family::Referrers,
            ..REGISTRY
        },
        class: Class::ReferrersWrong,
        check: says_its_media_type,
    },
    AnswerRule {
        info: RuleInfo {
            id: "referrers-of-an-unknown-algorithm-are-a-list",
            clause: Clause {
                summary: "a referrers request with a well-formed digest of an unregistered algorithm is answered with 200",
                sentence: "d0534b9c6c50ee27",
                ..PAGE
            },
            // 400 is required for an invalid syntax only, but a registry may take the algorithm for a part of it.
            level: Level::May,
            versions: FROM_1_1,
            why: "Clients cannot list the referrers of an image that is named by a newer algorithm.",
            fix: "Answer with 200 and an empty index if the digest is well-formed.",
            family: Family::Referrers,
            ..REGISTRY
        },
        class: Class::WrongStatus,
        check: unknown_algorithm_is_a_list,
    },
    AnswerRule {
        info: RuleInfo {
            id: "push-of-an-index-names-the-subject",
            clause: Clause {
                section: "pushing-manifests-with-subject",
                summary: "the answer to the push of an index with a subject names it in OCI-Subject",
                sentence: "cac9a0bde814ead0",
                ..PAGE
            },
            // The sentence is about image manifests.
            level: Level::May,
            versions: FROM_1_1,
            why: "Clients assume that the registry does not list the index and maintain the referrers tag as well.",
            fix: "Add OCI-Subject to the answer to the push of an index with a subject, as for image manifests.",
            family: Family::Referrers,
            ..REGISTRY
        },
        class: Class::MissingHeader,
        check: index_names_the_subject,
    },
];

fn describe_the_manifest(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for list in all_lists(answered) {
        for (referrer, answer, descriptor) in list.held() {
            let mut wrong = |name: &str, shown: Option<String>, expected: String| {
                let shown = shown.unwrap_or_else(|| "absent".to_owned());
                let message = format!("{name} in the referrers list is {shown}, expected {expected}");
                flaws.push(Flaw::at(Stage::Referrers, answer, message));
            };
            let size = descriptor.member("size");
            if size.as_deref() != Some(&*referrer.size.to_string()) {
                wrong("size", size, referrer.size.to_string());
            }
            let media_type = descriptor.member("mediaType");
            let same =
                |source: &String, expected: &str| read(source.as_bytes()).is_ok_and(|own| own.root().is_text(expected));
            if let Some(expected) = &referrer.media_type
                && !media_type.as_ref().is_some_and(|source| same(source, expected))
            {
                wrong("mediaType", media_type, expected.clone());
            }
        }
    }
}

fn are_listed_once(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    for list in all_lists(answered) {
        let digests = list.digests();
        // That Link leads back is another rule's.
        let until = page_that_leads_back(&digests).unwrap_or(digests.len());
        flaws.extend(
            repeated(&digests[..until])
                .and_then(|(page, digest)| list.flaw(page, format!("the referrers list contains {digest} twice"))),
        );
    }
}

fn refer_to_the_subject(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let observation = answered.observation;
    // Others may have pushed referrers to a repository that is not new.
    if !observation.fresh_repository || !observation.body_is_new {
        return;
    }
    // A refused push that left something behind, and a deletion without effect, are for other rules.
    let pushed: Vec<&str> = observation.script.iter().map(|request| &*request.digest).collect();
    for list in referrers_lists(answered).iter().filter(|list| list.at.is_some()) {
        let is_foreign = |digest: &str| !pushed.contains(&digest);
        if let Some((answer, other)) = list.descriptors().find(|(_, descriptor)| is_foreign(&descriptor.digest)) {
            let message = format!("the referrers list contains {}, which does not refer to the subject", other.digest);
            flaws.push(Flaw::at(Stage::Referrers, answer, message));
        }
    }
}

fn lack_deleted_manifests(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let deleted = answered.scripted(roles::DELETE).filter(|one| one.answer.is_success());
    let deleted: Vec<&str> = deleted.map(|one| &*one.request.digest).collect();
    let deletion = answered.scripted(roles::DELETE).map(|one| one.at).next();
    for list in referrers_lists(answered).iter().filter(|list| list.at > deletion && deletion.is_some()) {
        if let Some((answer, digest)) = deleted.iter().find_map(|digest| Some((list.find(digest)?.0, digest))) {
            let message = format!("the referrers list contains {digest}, which was deleted");
            flaws.push(Flaw::at(Stage::Referrers, answer, message));
        }
    }
}

fn says_its_media_type(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    // The sentence is older than the list.
    if !FROM_1_1.holds(answered.content.versions.distribution) {
        return;
    }
    for list in referrers_lists(answered) {
        let lacks = |answer: &Answer| {
            read(&answer.body).is_ok_and(|own| own.root().is_object() && own.root().get("mediaType").is_none())
        };
        if let Some((answer, _)) = list.pages.iter().find(|(answer, _)| lacks(answer)) {
            let message = format!("the referrers list has no mediaType; expected {IMAGE_INDEX}");
            flaws.push(Flaw::at(Stage::Referrers, answer, message));
        }
    }
}

fn unknown_algorithm_is_a_list(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    let applies = answered.capabilities.referrers;
    let asked = answered.scripted(roles::LIST_OF_UNKNOWN_ALGORITHM).filter(|_| applies);
    // 404 breaks a MUST.
    for one in asked.filter(|one| !matches!(one.answer.status, 200 | 404)) {
        let status = one.answer.status;
        flaws.push(one.flaw(format!("the referrers request with an unregistered algorithm returned {status}")));
    }
}

fn index_names_the_subject(answered: &Answered<'_, '_>, flaws: &mut Vec<Flaw>) {
    if !answered.capabilities.referrers {
        return;
    }
    let tested = answered.observation.answer(&Probe::Put).filter(|_| {
        let has_subject = answered.content.exchange.subject.is_some();
        has_subject && answered.accepted_valid() && answered.content.kind() == DocumentKind::Index
    });
    let scripted = answered.scripted(roles::PUSH).filter(|one| {
        let is_index = one.request.header("content-type") == Some(IMAGE_INDEX);
        is_index && one.answer.is_success() && subject_in(one.request).is_some()
    });
    let pushes = tested.into_iter().chain(scripted.map(|one| one.answer));
    for answer in pushes.filter(|answer| answer.header("oci-subject").is_none()) {
        let message = "no OCI-Subject header in the answer to the push of an index with a subject".to_owned();
        flaws.push(Flaw::at(Stage::ManifestPut, answer, message));
    }
}
