//! Rules on where answers lead: what is named in `Location` or `Link` is a URL. Another host is allowed, and so no flaw.

use crate::exchange::{Probe, Reply, Stage, Unfollowable};
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
            summary: "an upload that was opened has its URL in Location",
            sentence: "ae91a646d87fc16d",
            ..PAGE
        },
        level: Level::Must,
        versions: FROM_1_0,
        ..REGISTRY
    },
    class: Class::Inconsistent,
    check: |answered, flaws| {
        flaws.extend(malformed(answered, Stage::BlobUpload, |probe| matches!(probe, Probe::Upload(_))));
    },
}];

/// The answers that pointed one of these requests at something that is not a URL of HTTP.
pub(in crate::model) fn malformed<'a>(
    answered: &'a Answered<'_>,
    stage: Stage,
    is_meant: impl Fn(&Probe) -> bool + 'a,
) -> impl Iterator<Item = Flaw> + 'a {
    answered.observation.replies.iter().filter(move |(probe, _)| is_meant(probe)).filter_map(move |(_, reply)| {
        let Reply::NotFollowed(not) = reply else { return None };
        let Unfollowable::Malformed(why) = &not.why else { return None };
        // A redirect is a matter of HTTP.
        (!not.is_redirect()).then(|| Flaw::at(stage, &not.answer, format!("Location is `{}`: {why}", not.to)))
    })
}

/// The same for the next page of a list.
pub(in crate::model) fn malformed_link<'a>(
    answered: &'a Answered<'_>,
    stage: Stage,
) -> impl Iterator<Item = Flaw> + 'a {
    let flaws = malformed(answered, stage, move |probe| *probe == Probe::NextPage(stage));
    flaws.map(|flaw| Flaw { message: flaw.message.replacen("Location", "Link", 1), ..flaw })
}
