//! What a shell can check of a finding: a condition for each class and duty, over the numbers of requests.

use crate::compare::Class;
use crate::exchange::{
    Ask, By, Exchange, IMAGE_MANIFEST, NeedKind, Planned, Probe, Reference, Role, Stage, State, essence, sha256,
};
use crate::findings::Record;
use crate::json::{Document, Node, read};
use crate::model::{CODES, LEGACY_CODES};

use super::reads;
use super::shell::quoted;

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
    /// Only the status of an answer.
    Status,
    /// Nothing: none of the requests of the case is answered at the stage of the finding.
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
        condition if condition.is_empty() => Check { condition: "false".to_owned(), sight: Sight::Nothing },
        condition => Check { condition, sight: Sight::Status },
    }
}

/// The error codes in an expectation such as `reject(BLOB_UNKNOWN|MANIFEST_BLOB_UNKNOWN)`. A row can come from anywhere, and these
/// become words of a script: anything that is not a code is left out.
fn expected_codes(expect: &str) -> Vec<&str> {
    let inside = expect.split_once('(').map_or("", |(_, rest)| rest);
    let words = inside.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')).collect()
}

impl Numbered<'_> {
    /// The numbers of the requests with such a probe.
    pub(super) fn of(&self, wanted: impl Fn(&Probe) -> bool) -> Vec<usize> {
        let numbered = self.planned.all().zip(1..);
        numbered.filter(|(one, _)| one.probe.as_ref().is_some_and(&wanted)).map(|(_, number)| number).collect()
    }

    fn at_stage(&self) -> Vec<usize> {
        let stage = self.record.stage;
        self.of(|probe| probe.stage() == stage)
    }

    fn put(&self) -> usize {
        tested(self.planned)
    }

    /// A condition that holds for one of these requests.
    pub(super) fn any(&self, numbers: &[usize], condition: impl Fn(usize) -> String) -> String {
        let each: Vec<String> = numbers.iter().map(|number| format!("{{ {}; }}", condition(*number))).collect();
        each.join(" ||\n    ")
    }

    /// The same, if the push was accepted.
    fn any_accepted(&self, numbers: &[usize], condition: impl Fn(usize) -> String) -> String {
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

    fn of_class(&self) -> Option<String> {
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
        let of_upload = self.exchange.upload.as_ref().and_then(|_| self.of_upload(duty));
        let with_role =
            |roles: &[Role]| self.of(|probe| matches!(probe, Probe::Scripted { role, .. } if roles.contains(role)));
        of_upload
            .or_else(|| reads::condition(duty, self.record.class, &with_role))
            .or_else(|| self.of_push(duty))
            .or_else(|| self.of_reading(duty))
            .or_else(|| self.of_lists(duty))
            .or_else(|| self.of_asks(duty))
    }

    /// Duties of the answer to the push.
    fn of_push(&self, duty: &str) -> Option<String> {
        let put = self.put();
        let at_stage = self.at_stage();
        Some(match duty {
            "push-answers-201" => format!("ok {put} && ! is {put} 201"),
            "push-answers-a-location" => format!("ok {put} && ! has {put} location"),
            "push-location-is-pullable" if self.record.stage == Stage::ManifestPut => {
                format!("ok {put} && is_bad_url \"$(first {put} location)\"")
            }
            "push-digest-header-is-the-clients" => {
                let Reference::Text(text) = &self.exchange.tested.reference else { return None };
                let differs = format!("[ \"$(first {put} docker-content-digest)\" != {} ]", quoted(text));
                format!("ok {put} && has {put} docker-content-digest && {differs}")
            }
            "push-names-the-subject" if self.record.class == Class::MissingHeader => {
                format!("ok {put} && ! has {put} oci-subject")
            }
            "push-names-the-subject" => {
                let subject = quoted(self.exchange.subject.as_deref()?);
                format!("ok {put} && has {put} oci-subject && [ \"$(first {put} oci-subject)\" != {subject} ]")
            }
            "limit-answers-413" => format!("refused {put} && ! is {put} 413"),
            "unknown-algorithm-passes-validation" => {
                format!("refused {put} && has_code {put} DIGEST_INVALID MANIFEST_INVALID")
            }
            "missing-content-is-named-by-its-code" => {
                let known = [&expected_codes(&self.record.expect)[..], &["BLOB_UNKNOWN"]].concat().join(" ");
                format!("refused {put} && has_other_code {put} && ! has_code {put} {known}")
            }
            "missing-content-code-is-said-twice" => format!("refused {put} && has_code {put} BLOB_UNKNOWN"),
            "error-code-is-specified" => {
                let known = [CODES, LEGACY_CODES].concat().join(" ");
                self.any(&at_stage, |n| format!("refused {n} && is_json {n} && has_other_code {n} {known}"))
            }
            "error-body-has-the-form" => self.any(&at_stage, |n| {
                let form = r#"'"errors" *: *\[ *(\]|\{.*"code" *: *")'"#;
                format!("refused {n} && is_json {n} && ! holds {n} {form}")
            }),
            "error-message-is-a-text" => {
                self.any(&at_stage, |n| format!("refused {n} && holds {n} '\"message\" *: *[^ \"n]'"))
            }
            "upload-location-is-a-url" => {
                self.any(&at_stage, |n| format!("ok {n} && is_bad_url \"$(first {n} location)\""))
            }
            "refusal-leaves-nothing" => {
                let reads = self.of(|probe| matches!(probe, Probe::Get(By::Tag | By::Digest)));
                let lists = self.of(|probe| *probe == Probe::Referrers);
                let digest = quoted(self.exchange.tested.digest());
                let read = self.any(&reads, |n| format!("refused {put} && is {n} 200 && same {n} \"$MANIFEST\""));
                let list = self.any(&lists, |n| format!("refused {put} && [ -n \"$(listed {n} {digest})\" ]"));
                if list.is_empty() { read } else { format!("{read} ||\n    {list}") }
            }
            "warning-has-the-form" => self.any(&at_stage, |n| {
                format!("has {n} warning && header {n} warning | grep -Evq '^299 - \"([^\"\\\\]|\\\\.)*\"( *, *299 - \".*\")*$'")
            }),
            "warnings-are-short" => {
                self.any(&at_stage, |n| format!("[ \"$(header {n} warning | tr -d '\\n' | wc -c)\" -gt 4096 ]"))
            }
            "http-etag-has-the-form" => self.any(&at_stage, |n| {
                format!("has {n} etag && ! header {n} etag | grep -Eq '^(W/)?\"[^\" ]*\"$'")
            }),
            "http-head-has-the-headers-of-get" if self.record.class == Class::MissingHeader => {
                self.any(&at_stage, |n| format!("is {n} 200 && ! has {n} content-type"))
            }
            "http-coding-without-being-asked" => self.any(&at_stage, |n| format!("has {n} content-encoding")),
            _ => return None,
        })
    }

    /// Duties of reading the manifest back.
    fn of_reading(&self, duty: &str) -> Option<String> {
        let is_head = self.record.stage == Stage::ManifestHead;
        let reads = self.of(|probe| match probe {
            Probe::Head(_) => is_head,
            Probe::Get(_) => !is_head,
            _ => false,
        });
        let by_name = self.of(|probe| match probe {
            Probe::Head(by) => is_head && *by != By::Location,
            Probe::Get(by) => !is_head && *by != By::Location,
            _ => false,
        });
        let tested = &self.exchange.tested;
        let header_differs =
            |n: usize, name: &str, value: &str| format!("[ \"$(first {n} {name})\" != {} ]", quoted(value));
        Some(match duty {
            "pull-answers-200" | "head-answers-200" => {
                self.any_accepted(&by_name, |n| format!("answered {n} && ! is {n} 200 && ! failed {n}"))
            }
            "push-location-is-pullable" => {
                let location = self.of(|probe| *probe == Probe::Get(By::Location));
                self.any_accepted(&location, |n| format!("answered {n} && ! is {n} 200 && ! failed {n}"))
            }
            "http-any-type-is-accepted" => self.any_accepted(&by_name, |n| format!("is {n} 404 406")),
            "pull-names-the-digest" | "head-names-the-digest" => {
                self.any_accepted(&reads, |n| format!("is {n} 200 && ! has {n} docker-content-digest"))
            }
            "pull-digest-header-is-the-digest" => self.any_accepted(&reads, |n| {
                let differs = header_differs(n, "docker-content-digest", tested.digest());
                format!("is {n} 200 && header {n} docker-content-digest | grep -q '^sha256:' && {differs}")
            }),
            "head-names-the-length" if self.record.class == Class::MissingHeader => {
                self.any_accepted(&reads, |n| format!("is {n} 200 && ! has {n} content-length"))
            }
            "head-names-the-length" => self.any_accepted(&reads, |n| {
                let differs = header_differs(n, "content-length", &tested.body.len().to_string());
                format!("is {n} 200 && has {n} content-length && {differs}")
            }),
            "push-keeps-exact-bytes" => {
                self.any_accepted(&reads, |n| format!("is {n} 200 && ! same {n} \"$MANIFEST\""))
            }
            "pull-returns-the-pushed-type" => {
                let pushed = quoted(&essence(tested.content_type.as_deref()?));
                self.any_accepted(&reads, |n| format!("is {n} 200 && [ \"$(essence {n} content-type)\" != {pushed} ]"))
            }
            "pull-returns-no-parameters" => {
                self.any_accepted(&reads, |n| format!("is {n} 200 && header {n} content-type | grep -q ';'"))
            }
            "missing-content-answers-404-to-head" => {
                let put = self.put();
                let head_and_get =
                    |by| (self.of(|probe| *probe == Probe::Head(by)), self.of(|probe| *probe == Probe::Get(by)));
                let both = [By::Tag, By::Digest].map(head_and_get);
                let each = both.into_iter().flat_map(|(heads, gets)| heads.into_iter().zip(gets));
                let each = each.map(|(head, get)| match self.record.class {
                    Class::Inconsistent => format!("{{ refused {put} && ok {head} && is {get} 404; }}"),
                    _ => format!("{{ refused {put} && settled {head} && ! ok {head} && ! is {head} 404; }}"),
                });
                each.collect::<Vec<_>>().join(" ||\n    ")
            }
            _ => return None,
        })
    }

    /// Duties of lists.
    fn of_lists(&self, duty: &str) -> Option<String> {
        let digest = quoted(self.exchange.tested.digest());
        let full = self.of(|probe| *probe == Probe::Referrers);
        let filtered = self.of(|probe| *probe == Probe::Ask(Ask::ReferrersFiltered));
        let lists = self.at_stage();
        let of_ask = |ask| self.of(|probe| *probe == Probe::Ask(ask));
        let by_filter = |rest: &dyn Fn(usize) -> String| {
            let both = full.iter().zip(&filtered);
            let each = both
                .map(|(all, n)| format!("{{ [ -n \"$(listed {all} {digest})\" ] && is {n} 200 && {}; }}", rest(*n)));
            each.collect::<Vec<_>>().join(" ||\n    ")
        };
        let named = |n: usize| format!("header {n} oci-filters-applied | grep -iq artifactType");
        Some(match duty {
            "referrers-answer-200" => self.any(&lists, |n| format!("answered {n} && ! is {n} 200 404 && ! failed {n}")),
            "referrers-never-answer-404" => self.any(&lists, |n| format!("is {n} 404")),
            "referrers-are-an-index" => self.any(&lists, |n| {
                let header = format!("$(first {n} content-type | sed 's/ *;.*//')");
                format!("is {n} 200 && [ \"{header}\" != application/vnd.oci.image.index.v1+json ]")
            }),
            "referrers-hold-the-manifest" | "referrers-hold-the-index" => self
                .any_accepted(&full, |n| format!("is {n} 200 && ! has {n} link && [ -z \"$(listed {n} {digest})\" ]")),
            "referrers-name-the-artifact-type" => self.any_accepted(&full, |n| {
                let element = format!("listed {n} {digest}");
                let has = match self.artifact_type() {
                    Some(expected) => {
                        let member = quoted(&format!("\"artifactType\":{expected}"));
                        format!("! {element} | sed 's/\" *: */\":/g' | grep -Fq {member}")
                    }
                    None => format!("{element} | grep -q '\"artifactType\"'"),
                };
                format!("[ -n \"$({element})\" ] && {has}")
            }),
            "referrers-copy-the-annotations" => {
                let texts = self.annotations();
                let lacks = |n: usize| {
                    let each = texts.iter().map(|text| format!("! listed {n} {digest} | grep -Fq {}", quoted(text)));
                    each.collect::<Vec<_>>().join(" || ")
                };
                self.any_accepted(&full, |n| format!("[ -n \"$(listed {n} {digest})\" ] && {{ {}; }}", lacks(n)))
            }
            "referrers-of-a-malformed-digest-answer-400" => {
                self.any(&lists, |n| format!("settled {n} && ! is {n} 400"))
            }
            "referrers-have-the-form" => self.any(&lists, |n| {
                let form = |text: &str| format!("holds {n} {}", quoted(text));
                let (version, manifests) = (form("\"schemaVersion\" *: *2"), form("\"manifests\" *: *\\["));
                format!("is {n} 200 && ! {{ {version} && {manifests}; }}")
            }),
            "referrers-of-nobody-are-an-empty-list" => self.any(&of_ask(Ask::ReferrersOfUnknown), |n| {
                format!("is {n} 200 && [ \"$(count elements {n})\" -gt 0 ]")
            }),
            "referrers-link-is-next" | "tag-list-link-is-next" => self.any(&lists, |n| {
                let bad = format!("is_bad_url \"$(link_target {n})\"");
                format!("is {n} 200 && has {n} link && {{ ! is_next_link {n} || {bad}; }}")
            }),
            "referrers-filter-is-named" => {
                by_filter(&|n| format!("[ \"$(count elements {n})\" = 0 ] && ! {}", named(n)))
            }
            "referrers-filter-is-applied" => {
                by_filter(&|n| format!("[ \"$(count elements {n})\" -gt 0 ] && {}", named(n)))
            }
            "referrers-can-be-filtered" => {
                by_filter(&|n| format!("[ \"$(count elements {n})\" -gt 0 ] && ! {}", named(n)))
            }
            "tag-list-answers-200" => {
                self.any_accepted(&lists, |n| format!("answered {n} && ! is {n} 200 && ! failed {n}"))
            }
            "tag-list-has-the-form" => self.any_accepted(&lists, |n| {
                let form = |text: &str| format!("holds {n} {}", quoted(text));
                let name = form("\"name\" *: *\"");
                let tags = form("\"tags\" *: *(null|\\[ *\\]|\\[ *\"[^]]*\" *\\])");
                format!("is {n} 200 && ! {{ {name} && {tags}; }}")
            }),
            "tag-list-holds-the-tag" => {
                let list = self.of(|probe| *probe == Probe::TagList);
                self.any_accepted(&list, |n| {
                    format!("is {n} 200 && ! has {n} link && ! tags {n} | grep -Fxq -e \"$PUSHED\"")
                })
            }
            "tag-list-is-in-order" => {
                self.any_accepted(&of_ask(Ask::TagsInOrder), |n| format!("is {n} 200 && ! is_sorted {n}"))
            }
            "tag-list-of-none-is-empty" => self.any_accepted(&of_ask(Ask::NoTags), |n| {
                format!("is {n} 200 && {{ [ \"$(count tags {n})\" -gt 0 ] || has {n} link; }}")
            }),
            "tag-list-of-a-missing-repository-answers-404" => {
                self.any(&lists, |n| format!("settled {n} && ! is {n} 404"))
            }
            "tag-list-without-tags-is-an-array" => {
                self.any(&lists, |n| format!("is {n} 200 && holds {n} {}", quoted("\"tags\" *: *null")))
            }
            "referrers-of-an-unknown-algorithm-are-a-list" => {
                self.any(&lists, |n| format!("settled {n} && ! is {n} 200 404"))
            }
            "tag-list-has-n-tags" => self.any_accepted(&of_ask(Ask::OneTag), |n| {
                let none = format!("[ \"$(count tags {n})\" = 0 ] && ! has {n} link");
                format!("is {n} 200 && {{ [ \"$(count tags {n})\" -gt 1 ] || {{ {none}; }}; }}")
            }),
            _ => return None,
        })
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

    /// The source of the artifact type that a list of referrers must name.
    fn artifact_type(&self) -> Option<String> {
        let document = read(&self.exchange.tested.body).ok()?;
        let root = document.root();
        let raw = |node: Node<'_>| {
            let is_text = node.text().is_some_and(|text| !text.is_empty());
            is_text.then(|| String::from_utf8_lossy(node.raw()).into_owned())
        };
        let is_image =
            self.exchange.tested.content_type.as_deref().is_none_or(|value| essence(value) == IMAGE_MANIFEST);
        let config = || root.get("config").filter(|_| is_image)?.get("mediaType");
        root.get("artifactType").and_then(raw).or_else(|| config().and_then(raw))
    }

    /// The keys and values of the manifest's annotations, as their sources.
    fn annotations(&self) -> Vec<String> {
        let texts = |document: Document<'_>| -> Vec<String> {
            let members = document.root().get("annotations").into_iter().flat_map(Node::members);
            let raw = |node: Node<'_>| String::from_utf8_lossy(node.raw()).into_owned();
            members.flat_map(|(key, value)| [raw(key), raw(value)]).collect()
        };
        read(&self.exchange.tested.body).map(texts).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::expected_codes;

    #[test]
    fn only_codes_of_an_expectation_become_words_of_a_script() {
        assert_eq!(
            expected_codes("reject(BLOB_UNKNOWN|NAME_INVALID, SIZE_INVALID)"),
            ["BLOB_UNKNOWN", "NAME_INVALID", "SIZE_INVALID"]
        );
        assert_eq!(expected_codes("reject($(touch pwned)`touch x`; 'A\nB)"), ["A", "B"]);
        assert_eq!(expected_codes("accept"), [""; 0]);
    }
}
