//! The verdict on a document, and its JSON line.

use std::borrow::Cow;

use serde_json::json;

use crate::foreign::{bounded, escaped, json_escaped};
use crate::model::{Binds, Breach, Expect, Judgement, Level, Remark, is_schema_1, members_type};

/// The verdict on a document.
pub(super) struct CheckLine<'a> {
    pub file: &'a str,
    pub body: &'a [u8],
    /// The kind of document; an unknown kind is named by its media type.
    pub kind: &'a str,
    /// Whether no MUST on the author is broken; `None` if nothing was judged.
    pub valid: Option<bool>,
    /// Why nothing was judged; empty if something was.
    pub not_judged: Cow<'static, str>,
    /// Whether Docker's rules apply to it.
    pub is_docker: bool,
    pub judgement: &'a Judgement,
    /// Contradictions of the specifications that concern it.
    pub open: Vec<&'static str>,
    /// What the document is, if a tool writes it in the form of an image.
    pub remarks: Vec<Remark>,
}

/// Whether no MUST on the author is broken; `None` if none is and `is_defined` is false: no rules define such documents.
pub(super) fn validity(judgement: &Judgement, is_defined: bool) -> Option<bool> {
    let is_must = |breach: &Breach| breach.rule.level == Level::Must && breach.rule.binds == Binds::Author;
    let breaks_must = judgement.breaches.iter().any(is_must);
    (is_defined || breaks_must).then_some(!breaks_must)
}

/// The kind of a document whose media type is not known either.
const UNKNOWN: &str = "unknown";

/// The name of a kind of document. `kind` is one of the kinds that can be pushed, or `unknown`.
pub(super) fn kind_name<'k>(kind: &'k str, content_type: Option<&str>, body: &[u8]) -> Cow<'k, str> {
    match content_type {
        _ if kind != UNKNOWN => kind.into(),
        _ if is_schema_1(content_type, body) => "docker-schema-1".into(),
        Some(content_type) if !content_type.is_empty() => bounded(content_type, 200).into(),
        _ => kind.into(),
    }
}

/// Why a document of this kind was not judged, and what to do.
pub(super) fn not_judged(kind: &str, body: &[u8]) -> Cow<'static, str> {
    const NOT_DEFINED: &str = "not judged: these versions do not define this kind of document";
    match (kind, members_type(body)) {
        (UNKNOWN, _) => {
            "not judged: neither \"mediaType\" nor the members tell what kind of document this is; add \"mediaType\""
                .into()
        }
        ("artifact", _) => format!("{NOT_DEFINED}; judge it with --spec 1.1.0-rc2").into(),
        (_, Some((name, media_type))) => {
            format!("{NOT_DEFINED}; it has the members of {name}: if it is one, set \"mediaType\" to \"{media_type}\"")
                .into()
        }
        _ => NOT_DEFINED.into(),
    }
}

/// The JSON line on a layout that breaks these rules itself.
pub(super) fn layout_line(layout: &str, breaches: Vec<Breach>) -> String {
    let (expect, codes) = (Expect::Unspecified, &[][..]);
    let judgement = Judgement { expect, codes, rules: Vec::new(), recommends: Vec::new(), why: None, breaches };
    let line = CheckLine {
        file: layout,
        body: &[],
        kind: "layout",
        valid: Some(false),
        not_judged: Cow::default(),
        is_docker: false,
        judgement: &judgement,
        open: Vec::new(),
        remarks: Vec::new(),
    };
    line.line()
}

impl CheckLine<'_> {
    pub(super) fn line(&self) -> String {
        let finding = |breach: &Breach| {
            let (rule, level) = (breach.rule.id, breach.rule.level.as_str());
            json!({ "rule": rule, "level": level, "pointer": breach.place, "message": escaped(&breach.message) })
        };
        let findings: Vec<_> = self.judgement.breaches.iter().map(finding).collect();
        let note = |pointer: &str, message: &str| json!({ "pointer": pointer, "message": escaped(message) });
        let unjudged = self.valid.is_none().then(|| note("", &self.not_judged));
        let remarks = self.remarks.iter().map(|remark| note(&remark.place, &remark.message));
        let notes: Vec<_> = unjudged.into_iter().chain(remarks).collect();
        // Of a kind that is known and not defined, the specifications neither demand nor contradict anything.
        let is_foreign = self.valid.is_none() && self.kind != UNKNOWN;
        let (expect, open) = if is_foreign {
            (Expect::Unspecified.as_str().to_owned(), &[][..])
        } else {
            (self.judgement.to_string(), &*self.open)
        };
        let line = json!({
            "file": self.file, "kind": self.kind, "valid": self.valid, "expect": expect, "findings": findings, "open": open,
            "judged": self.valid.is_some(), "notes": notes
        });
        // Escaped as JSON: programs read the file name and the pointers verbatim.
        json_escaped(&line.to_string()).into_owned()
    }
}
