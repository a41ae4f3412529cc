//! Rules on `Location` and `Link`: their values are URLs. URLs of another host are allowed and therefore not reported.

use crate::exchange::{Probe, Reply, Role, Stage, Unfollowable};
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rule::{AnswerRule, Binds, Class, Clause, Family, Level, RuleInfo, Source};
use crate::model::versions::FROM_1_0;

const PAGE: Clause = Clause::of(Source::DistributionSpec, "spec.md");
const REGISTRY: RuleInfo = RuleInfo::of(Binds::Registry, Family::Push);

pub(in crate::model) const ANSWERS: &[AnswerRule] = &[AnswerRule {
    info: RuleInfo {
        id: "upload-location-is-a-url",
        clause: Clause {
            section: "post-then-put",
            summary: "the answer that opens an upload has the upload's URL in Location",
            sentence: "ae91a646d87fc16d",
            ..PAGE
        },
        level: Level::Must,
        versions: FROM_1_0,
        why: "Clients cannot upload blobs, since they do not know where to send them.",
        fix: "Send an absolute URL or an absolute path in Location.",
        ..REGISTRY
    },
    class: Class::Inconsistent,
    check: |answered, flaws| {
        flaws.extend(malformed(answered, Stage::BlobUpload, |probe| match probe {
            Probe::Upload(_) => true,
            Probe::Scripted { role, .. } => role.stage == Stage::BlobUpload,
            _ => false,
        }));
    },
}];

/// Flaws for answers whose `Location`, needed for one of these requests, is not an HTTP URL.
pub(in crate::model) fn malformed<'a>(
    answered: &'a Answered<'_, '_>,
    stage: Stage,
    is_affected: impl Fn(&Probe) -> bool + 'a,
) -> impl Iterator<Item = Flaw> + 'a {
    answered.observation.replies.iter().filter(move |(probe, _)| is_affected(probe)).filter_map(move |(_, reply)| {
        let Reply::NotFollowed(not) = reply else { return None };
        let Unfollowable::Malformed(why) = &not.why else { return None };
        // No rule of distribution-spec covers redirects.
        (!not.is_redirect()).then(|| Flaw::at(stage, &not.answer, format!("Location is `{}`: {why}", not.to)))
    })
}

/// Flaws for answers whose `Location`, needed for the request with this role, is not an HTTP URL.
pub(in crate::model) fn malformed_of<'a>(
    answered: &'a Answered<'_, '_>,
    wanted: Role,
) -> impl Iterator<Item = Flaw> + 'a {
    malformed(
        answered,
        Stage::BlobUpload,
        move |probe| matches!(probe, Probe::Scripted { role, .. } if *role == wanted),
    )
}

/// Flaws for answers whose `Link` to the next page is not an HTTP URL.
pub(in crate::model) fn malformed_link<'a>(
    answered: &'a Answered<'_, '_>,
    stage: Stage,
) -> impl Iterator<Item = Flaw> + 'a {
    let is_page = move |probe: &Probe| match probe {
        Probe::Scripted { role, page, .. } => role.stage == stage && *page > 0,
        _ => *probe == Probe::NextPage(stage),
    };
    let flaws = malformed(answered, stage, is_page);
    flaws.map(|flaw| Flaw { message: flaw.message.replacen("Location", "Link", 1), ..flaw })
}
