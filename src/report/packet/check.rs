//! What a shell can check of a finding: a condition for each class and duty, over the numbers of requests.

use crate::compare::Class;
use crate::exchange::{By, Exchange, NeedKind, Planned, Probe, Role, Stage, State, sha256};
use crate::findings::Record;

use super::reads;
use super::shell::{either, quoted};

/// A condition of the shell that holds if the finding shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub condition: String,
    /// How much of the finding it compares.
    pub sight: Sight,
}

/// How much of a finding a shell can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// All of it.
    Whole,
    /// Only the status of an answer, which a registry without the defect does not give there.
    Status,
    /// Nothing. The condition is empty; the script shows the answers and leaves it to its reader.
    Nothing,
}

/// The requests of a case by number, from 1.
pub(super) struct Numbered<'p> {
    pub record: &'p Record,
    pub exchange: &'p Exchange,
    pub planned: &'p Planned,
}

/// The number of the tested request.
pub(super) fn tested(planned: &Planned) -> usize {
    planned.before.len() + 1
}

/// What shows the finding of a record.
pub(super) fn check(record: &Record, exchange: &Exchange, planned: &Planned) -> Check {
    let numbered = Numbered { record, exchange, planned };
    let exact = record.duty().and_then(|duty| numbered.of_duty(duty)).or_else(|| numbered.of_class());
    // A condition over no request is empty.
    if let Some(condition) = exact.filter(|condition| !condition.is_empty()) {
        return Check { condition, sight: Sight::Whole };
    }
    match numbered.by_status() {
        condition if !condition.is_empty() && numbered.is_told_by_status() => Check { condition, sight: Sight::Status },
        _ => Check { condition: String::new(), sight: Sight::Nothing },
    }
}

/// The numbers of the requests with the answers at the stage of a finding.
pub(super) fn answers_at_stage(record: &Record, exchange: &Exchange, planned: &Planned) -> Vec<usize> {
    Numbered { record, exchange, planned }.at_stage()
}

impl Numbered<'_> {
    /// The numbers of the requests with such a probe.
    pub(super) fn of(&self, wanted: impl Fn(&Probe) -> bool) -> Vec<usize> {
        let numbered = self.planned.all().zip(1..);
        numbered.filter(|(one, _)| one.probe.as_ref().is_some_and(&wanted)).map(|(_, number)| number).collect()
    }

    pub(super) fn at_stage(&self) -> Vec<usize> {
        let stage = self.record.stage;
        self.of(|probe| probe.stage() == stage)
    }

    pub(super) fn put(&self) -> usize {
        tested(self.planned)
    }

    /// A condition that holds for one of these requests.
    pub(super) fn any(&self, numbers: &[usize], condition: impl Fn(usize) -> String) -> String {
        let each: Vec<String> = numbers.iter().map(|number| format!("{{ {}; }}", condition(*number))).collect();
        each.join(" ||\n    ")
    }

    /// The same, if the push was accepted.
    pub(super) fn any_accepted(&self, numbers: &[usize], condition: impl Fn(usize) -> String) -> String {
        let put = self.put();
        self.any(numbers, |n| format!("ok {put} && {}", condition(n)))
    }

    fn by_status(&self) -> String {
        let numbers = if self.record.stage == Stage::Residue { vec![self.put()] } else { self.at_stage() };
        match self.record.status {
            Some(status) => self.any(&numbers, |n| format!("is {n} {status:03}")),
            None => self.any(&numbers, |n| format!("! answered {n}")),
        }
    }

    /// Whether the status tells the finding: that it is wrong is the finding, and no other request at the stage should get it.
    fn is_told_by_status(&self) -> bool {
        let is_usual = |status: u16| matches!(status, 200 | 201 | 202 | 404);
        match (self.record.class, self.record.status) {
            (_, None) => true,
            (Class::WrongStatus, Some(status)) => self.at_stage().len() == 1 || !is_usual(status),
            // Without a duty, what is inconsistent is that content is served from elsewhere.
            (Class::Inconsistent, Some(300..=399)) => self.record.duty().is_none(),
            _ => false,
        }
    }

    pub(super) fn of_class(&self) -> Option<String> {
        let put = self.put();
        if self.exchange.upload.is_some()
            && let Some(condition) = self.class_of_upload()
        {
            return Some(condition);
        }
        Some(match self.record.class {
            Class::RejectsValid if self.record.stage == Stage::BlobUpload => {
                self.any(&self.at_stage(), |n| format!("refused {n}"))
            }
            Class::RejectsValid => format!("refused {put}"),
            Class::AcceptsForbidden | Class::Lenient => format!("ok {put}"),
            Class::Ambiguous if self.record.duty().is_none() => match self.record.status {
                Some(200..=299) => format!("ok {put}"),
                _ => format!("refused {put}"),
            },
            Class::ServerError => self.any(&self.at_stage(), |n| format!("failed {n}")),
            Class::Dropped => self.any(&self.at_stage(), |n| format!("dropped {n}")),
            Class::Hang => self.any(&self.at_stage(), |n| format!("silent {n}")),
            _ => return None,
        })
    }

    fn of_duty(&self, duty: &str) -> Option<String> {
        // The duty says which answer is required; that none arrived shows in the same way for all of them.
        if matches!(self.record.class, Class::ServerError | Class::Dropped | Class::Hang) {
            return self.of_class();
        }
        if let Some(condition) = self.exchange.upload.as_ref().and_then(|_| self.of_upload(duty)) {
            return Some(condition);
        }
        let with_role =
            |roles: &[Role]| self.of(|probe| matches!(probe, Probe::Scripted { role, .. } if roles.contains(role)));
        // Several requests of a case can have one duty: those that read back, and those of its script.
        let each = [
            reads::condition(duty, self.record.class, &with_role),
            self.of_push(duty),
            self.of_reading(duty),
            self.of_contents(duty),
            self.of_tag_lists(duty),
            self.of_referrers(duty),
            self.of_asks(duty),
        ];
        let there: Vec<String> = each.into_iter().flatten().filter(|condition| !condition.is_empty()).collect();
        match &there[..] {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(either(several.iter().map(|one| format!("{{ {one}; }}")))),
        }
    }

    /// Duties of other follow-up requests.
    fn of_asks(&self, duty: &str) -> Option<String> {
        let asked = self.of(|probe| matches!(probe, Probe::Ask(_)));
        let gone = |by| self.of(|probe| *probe == Probe::Gone(by));
        let blob = self.exchange.needs.iter().find(|need| need.kind == NeedKind::Blob && need.state == State::Present);
        let still = |numbers: &[usize], rest: &str| {
            let deleted = asked.first().copied().unwrap_or_default();
            self.any(numbers, |n| format!("ok {deleted} && is {n} 200 && same {n} \"$MANIFEST\"{rest}"))
        };
        Some(match duty {
            "missing-manifest-answers-404" | "missing-repository-answers-404" | "missing-blob-answers-404" => {
                self.any(&asked, |n| format!("settled {n} && ! is {n} 404"))
            }
            "blob-pull-names-the-digest" => {
                self.any(&asked, |n| format!("is {n} 200 && ! has {n} docker-content-digest"))
            }
            "blob-pull-answers-200" => self.any(&asked, |n| format!("settled {n} && ! is {n} 200")),
            "blob-pull-returns-the-blob" => {
                let file = format!("\"$HERE/blobs/{}\"", &sha256(&blob?.bytes)["sha256:".len()..]);
                self.any(&asked, |n| format!("is {n} 200 && ! same {n} {file}"))
            }
            "blob-pull-digest-header-is-the-blobs" => {
                let blob = blob?;
                // A blob that was pushed under another algorithm has two right digests.
                let mut digests = vec![sha256(&blob.bytes)];
                digests.extend(Some(blob.digest.clone()).filter(|digest| *digest != digests[0]));
                self.any(&asked, |n| {
                    let header = format!("\"$(first {n} docker-content-digest)\"");
                    let differs = |digest: &String| format!(" && [ {header} != {} ]", quoted(digest));
                    let differs: String = digests.iter().map(differs).collect();
                    format!("is {n} 200 && has {n} docker-content-digest{differs}")
                })
            }
            "delete-of-a-tag-answers-202" | "delete-of-a-manifest-answers-202" => {
                self.any(&asked, |n| format!("ok {n} && ! is {n} 202"))
            }
            "disabled-delete-of-tags-answers-400-or-405" | "disabled-delete-of-manifests-answers-400-or-405" => {
                self.any(&asked, |n| format!("{{ settled {n} || is {n} 501; }} && ! ok {n} && ! is {n} 400 405"))
            }
            "delete-in-a-missing-repository-answers-404" | "delete-of-a-missing-blob-answers-404" => {
                // 400 and 405 are right only if deletion is disabled.
                let disabled = if matches!(self.record.status, Some(400 | 405)) { "" } else { " 400 405" };
                self.any(&asked, |n| format!("{{ settled {n} || is {n} 501; }} && ! is {n} 404{disabled}"))
            }
            "deleted-manifest-is-gone" => still(&gone(By::Digest), ""),
            "deleted-tag-is-gone" => still(&gone(By::Tag), ""),
            "deleted-manifest-has-no-tags" => {
                let digest = gone(By::Digest).first().copied()?;
                still(&gone(By::Tag), &format!(" && ! is {digest} 200"))
            }
            _ => return None,
        })
    }
}
