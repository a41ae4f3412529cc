//! The requests of a follow-up: method, path and probe, in order. What transports send and what rows list.

use http::Method;

use super::ask::Ask;
use super::digest::unknown_digest;
use super::follow_up_scripts::{HeldBlob, Pushed};
use super::observation::Probe;
use super::stage::By;
use super::{Exchange, Need};

/// An accepted push of `exchange`, for the scripts that follow it; `blob` is the first blob that the repository holds.
pub fn pushed<'e>(exchange: &'e Exchange, blob: Option<&'e Need>) -> Pushed<'e> {
    let held = |need: &'e Need| HeldBlob { digest: &need.digest, length: need.length };
    Pushed { put: &exchange.tested, subject: exchange.subject.as_deref(), blob: blob.map(held) }
}

/// The requests of `ask` after an accepted push of `exchange` to `repository` under `tag`; `blob` is the first blob that the
/// repository holds. More tags ([`Ask::pushes_tags`]) are pushed before, and requests for deleted content follow only a successful
/// deletion. Empty for a script.
pub fn follow_up(
    ask: Ask,
    exchange: &Exchange,
    repository: &str,
    tag: &str,
    blob: Option<&Need>,
) -> Vec<(Method, String, Probe)> {
    let own = exchange.tested.digest();
    let unknown = unknown_digest();
    let is_tagged = exchange.tested.reference.tag(tag).is_some();
    let get = |path: String| vec![(Method::GET, format!("/v2/{path}"), Probe::Ask(ask))];
    let delete = |path: String| vec![(Method::DELETE, format!("/v2/{path}"), Probe::Ask(ask))];
    let gone = |by, last: &str| (Method::GET, format!("/v2/{repository}/manifests/{last}"), Probe::Gone(by));
    match ask {
        Ask::Script(_) => Vec::new(),
        Ask::Blob => match blob {
            Some(need) => get(format!("{repository}/blobs/{}", need.digest)),
            None => Vec::new(),
        },
        Ask::UnknownTag => get(format!("{repository}/manifests/mf-none")),
        Ask::UnknownDigest => get(format!("{repository}/manifests/{unknown}")),
        Ask::UnknownBlob => get(format!("{repository}/blobs/{unknown}")),
        Ask::UnknownRepository => get(format!("{repository}/mf-none/manifests/{unknown}")),
        Ask::ReferrersOfUnknown => get(format!("{repository}/referrers/{unknown}")),
        Ask::ReferrersOfMalformed => get(format!("{repository}/referrers/sha256:xyz")),
        Ask::ReferrersFiltered => {
            let subject = exchange.subject.as_deref().unwrap_or(own);
            get(format!("{repository}/referrers/{subject}?artifactType={}", Ask::ABSENT_TYPE))
        }
        Ask::NoTags => get(format!("{repository}/tags/list?n=0")),
        Ask::OneTag => get(format!("{repository}/tags/list?n=1")),
        Ask::TagsInOrder => get(format!("{repository}/tags/list")),
        Ask::DeleteTag if !is_tagged => Vec::new(),
        Ask::DeleteTag => [delete(format!("{repository}/manifests/{tag}")), vec![gone(By::Tag, tag)]].concat(),
        Ask::DeleteDigest => {
            let digest = exchange.tested.name_by_digest();
            let mut requests = delete(format!("{repository}/manifests/{digest}"));
            requests.push(gone(By::Digest, digest));
            requests.extend(is_tagged.then(|| gone(By::Tag, tag)));
            requests
        }
        Ask::DeleteUnknownBlob => delete(format!("{repository}/blobs/{unknown}")),
        Ask::DeleteInUnknownRepository => delete(format!("{repository}/mf-none/manifests/{unknown}")),
    }
}
