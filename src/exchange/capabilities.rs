//! The optional capabilities of a target, with the evidence for those that are absent.

use std::fmt;

use super::capability::Capability;
use super::observation::{Answer, Observation, Probe};
use super::{Ask, Reply};

/// A capability that a target lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// Which capability.
    pub part: Capability,
    /// [`Capability::name`].
    pub name: &'static str,
    /// The request and its answer, such as `GET /v2/a/tags/list answered 404`. Empty if it was not probed.
    pub evidence: String,
    /// [`Capability::clause`].
    pub clause: Option<&'static str>,
}

impl fmt::Display for Lack {
    /// `no referrers (GET /v2/… answered 404; distribution-spec listing-referrers)`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "no {}", self.name)?;
        let clause = self.clause.map(|clause| format!("distribution-spec {clause}"));
        let reasons: Vec<&str> =
            [&*self.evidence, clause.as_deref().unwrap_or("")].into_iter().filter(|text| !text.is_empty()).collect();
        if reasons.is_empty() { Ok(()) } else { write!(out, " ({})", reasons.join("; ")) }
    }
}

/// The optional capabilities of a target, probed before a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Accepts manifests pushed by digest.
    pub push_by_digest: bool,
    /// Has the referrers endpoint.
    pub referrers: bool,
    /// Lists tags.
    pub tag_list: bool,
    /// Accepts pushes to new repositories below the given one.
    pub fresh_repositories: bool,
    /// Deletes manifests by digest.
    pub deletion: bool,
    /// Speaks HTTP/1.1.
    pub http1: bool,
    /// The request and answer that showed each absent capability.
    pub evidence: Vec<(Capability, String)>,
}

impl Capabilities {
    /// All capabilities.
    pub const ALL: Self = Self {
        push_by_digest: true,
        referrers: true,
        tag_list: true,
        fresh_repositories: true,
        deletion: true,
        http1: true,
        evidence: Vec::new(),
    };

    /// Whether the target has this capability.
    pub fn has(&self, part: Capability) -> bool {
        match part {
            Capability::PushByDigest => self.push_by_digest,
            Capability::Referrers => self.referrers,
            Capability::TagList => self.tag_list,
            Capability::FreshRepositories => self.fresh_repositories,
            Capability::Deletion => self.deletion,
            Capability::Http1 => self.http1,
        }
    }

    /// Marks a capability as absent, with the request and answer that showed it.
    pub fn lack(&mut self, part: Capability, evidence: String) {
        match part {
            Capability::PushByDigest => self.push_by_digest = false,
            Capability::Referrers => self.referrers = false,
            Capability::TagList => self.tag_list = false,
            Capability::FreshRepositories => self.fresh_repositories = false,
            Capability::Deletion => self.deletion = false,
            Capability::Http1 => self.http1 = false,
        }
        self.evidence.push((part, evidence));
    }

    /// The absent capabilities, with evidence and clause. They are not judged and are never findings.
    pub fn lacking(&self) -> Vec<Lack> {
        let evidence = |part| self.evidence.iter().find(|(of, _)| *of == part).map(|(_, text)| text.clone());
        let lacking = Capability::ALL.into_iter().filter(|part| !self.has(*part));
        lacking
            .map(|part| Lack {
                part,
                name: part.name(),
                evidence: evidence(part).unwrap_or_default(),
                clause: part.clause(),
            })
            .collect()
    }

    /// A message if the observation shows that the target has a capability probed as absent.
    pub fn contradicted_by(&self, seen: &Observation) -> Option<String> {
        let is_200 = |probe: &Probe| seen.reply(probe).is_some_and(|reply| reply.is(200));
        let is_success = |probe: &Probe| seen.answer(probe).is_some_and(Answer::is_success);
        let names_subject = |(_, answer): (&Probe, &Answer)| answer.header("oci-subject").is_some();
        let shown = |part| match part {
            // An observation records neither the pushed reference nor the protocol.
            Capability::PushByDigest | Capability::Http1 => None,
            Capability::Referrers if seen.answers().any(names_subject) => Some("a push was answered with OCI-Subject"),
            Capability::Referrers => {
                [Probe::Referrers, Probe::Ask(Ask::ReferrersOfUnknown), Probe::Ask(Ask::ReferrersFiltered)]
                    .iter()
                    .any(is_200)
                    .then_some("a list of referrers was answered with 200")
            }
            Capability::TagList => [Probe::TagList, Probe::Ask(Ask::NoTags), Probe::Ask(Ask::OneTag)]
                .iter()
                .any(is_200)
                .then_some("a tag list was answered with 200"),
            Capability::FreshRepositories => (seen.fresh_repository
                && seen.reply(&Probe::Put).and_then(Reply::answer).is_some_and(Answer::is_success))
            .then_some("a push into a new repository was accepted"),
            Capability::Deletion => {
                is_success(&Probe::Ask(Ask::DeleteDigest)).then_some("a deletion by digest was accepted")
            }
        };
        let mut lacking = Capability::ALL.into_iter().filter(|part| !self.has(*part));
        lacking.find_map(|part| Some(format!("probed as lacking {}, but {}", part.name(), shown(part)?)))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::Facts;
    use super::*;

    fn seen(probe: Probe, status: u16, header: Option<(&'static str, &'static str)>) -> Observation {
        let mut headers = http::HeaderMap::new();
        headers.extend(
            header.map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value))),
        );
        let answer = Answer { status, headers, body: Bytes::new(), cut: false, redirected: false };
        Observation {
            repository: String::new(),
            facts: Facts { needs: Vec::new(), others: super::super::Presence::Unknown },
            replies: vec![(probe, Reply::Answer(answer))],
            tag: String::new(),
            tag_is_new: true,
            body_is_new: true,
            fresh_repository: true,
            requests: super::super::Requests::default(),
            script: Vec::new(),
            runs: Vec::new(),
        }
    }

    #[test]
    fn what_is_lacking_says_why_and_by_which_clause() {
        let mut has = Capabilities::ALL;
        has.lack(Capability::Referrers, "GET /v2/a/referrers/b answered 404".to_owned());
        has.lack(Capability::FreshRepositories, String::new());
        let said: Vec<String> = has.lacking().iter().map(ToString::to_string).collect();
        let referrers = "no referrers (GET /v2/a/referrers/b answered 404; distribution-spec listing-referrers)";
        assert_eq!(said, [referrers, "no new repositories below the given one"]);
    }

    #[test]
    fn later_answers_contradict_what_is_lacking() {
        let subject = Some(("oci-subject", "sha256:00"));
        for (part, seen, contradicts) in [
            (Capability::Referrers, seen(Probe::Put, 201, subject), true),
            (Capability::Referrers, seen(Probe::Put, 201, None), false),
            (Capability::Referrers, seen(Probe::Referrers, 200, None), true),
            (Capability::Referrers, seen(Probe::Referrers, 404, None), false),
            (Capability::TagList, seen(Probe::TagList, 200, None), true),
            (Capability::TagList, seen(Probe::TagList, 405, None), false),
            (Capability::FreshRepositories, seen(Probe::Put, 201, None), true),
            (Capability::FreshRepositories, seen(Probe::Put, 404, None), false),
            (Capability::Deletion, seen(Probe::Ask(Ask::DeleteDigest), 202, None), true),
            (Capability::Deletion, seen(Probe::Ask(Ask::DeleteDigest), 405, None), false),
        ] {
            let mut has = Capabilities::ALL;
            assert_eq!(has.contradicted_by(&seen), None);
            has.lack(part, String::new());
            assert_eq!(has.contradicted_by(&seen).is_some(), contradicts, "{part:?} {seen:?}");
        }
    }
}
