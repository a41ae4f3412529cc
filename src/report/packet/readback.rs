//! What a shell can check of a finding in reading the manifest back: a condition for each duty.

use super::check::Numbered;
use super::shell::quoted;
use crate::compare::Class;
use crate::exchange::{By, Probe, Stage, essence};

impl Numbered<'_> {
    /// Duties of reading the manifest back.
    pub(super) fn of_reading(&self, duty: &str) -> Option<String> {
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
}
