//! What a shell can check of a finding in the answer to the push: a condition for each duty.

use super::check::Numbered;
use super::shell::quoted;
use crate::compare::Class;
use crate::exchange::{By, Probe, Reference, Stage};
use crate::model::{CODES, LEGACY_CODES};

/// The error codes in an expectation such as `reject(BLOB_UNKNOWN|MANIFEST_BLOB_UNKNOWN)`. A row can come from anywhere, and these
/// become words of a script: anything that is not a code is left out.
fn expected_codes(expect: &str) -> Vec<&str> {
    let inside = expect.split_once('(').map_or("", |(_, rest)| rest);
    let words = inside.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')).collect()
}

impl Numbered<'_> {
    /// Duties of the answer to the push.
    pub(super) fn of_push(&self, duty: &str) -> Option<String> {
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
            "http-coding-without-being-asked" => self.any(&at_stage, |n| format!("has {n} content-encoding")),
            _ => return None,
        })
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
