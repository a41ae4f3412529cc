//! Lists of referrers: what is in them. `lists.rs` divides them into pages.

use bytes::Bytes;

use super::content::Manifest;
use super::reply::Reply;
use super::served::Served;
use super::wire::Request;
use crate::exchange::IMAGE_INDEX;
use crate::exchange::client::{Link, Referrers};
use crate::json::{self, Node};

/// How many referrers `many` are.
const MANY: usize = 10_000;

/// The referrers of a manifest in the case's repository, as descriptors; `None` if that is for the registry to say.
pub(super) fn referrers(served: &Served, request: &Request, digest: &str) -> Option<Vec<String>> {
    let answers = served.answers();
    let subject = served.content.manifest(&served.names.subject)?;
    let is_subject = digest == served.names.subject || digest == subject.digest;
    let one = |number| served.made.referrer(subject, number).descriptor();
    match answers.referrers {
        Referrers::Right | Referrers::Unavailable if answers.referrers_link == Link::None || !is_subject => None,
        // Two pages need something on both.
        Referrers::Right | Referrers::Unavailable => {
            Some(of_registry(served, request).into_iter().chain((0..2).map(one)).collect())
        }
        Referrers::Itself => Some(served.content.manifest(digest).map(Manifest::descriptor).into_iter().collect()),
        Referrers::Cyclic if is_subject => Some(vec![one(0)]),
        Referrers::Cyclic => Some(served.made.manifest(digest).map(|_| subject.descriptor()).into_iter().collect()),
        Referrers::Many if is_subject => Some((0..MANY).map(one).collect()),
        Referrers::Many => None,
    }
}

/// A page of an endless list.
pub(super) fn endless(served: &Served, page: usize) -> Vec<String> {
    let subject = served.content.manifest(&served.names.subject);
    subject.map(|subject| served.made.referrer(subject, page).descriptor()).into_iter().collect()
}

/// What the registry lists.
fn of_registry(served: &Served, request: &Request) -> Vec<String> {
    let asked = Request { method: "GET".to_owned(), ..request.clone() };
    let bytes: Vec<u8> = served.ask(&asked).body.0.iter().flat_map(|(piece, _)| piece.to_vec()).collect();
    let Ok(document) = json::read(&bytes) else { return Vec::new() };
    let listed = document.root().get("manifests").into_iter().flat_map(Node::elements);
    listed.map(|node| String::from_utf8_lossy(node.raw()).into_owned()).collect()
}

/// The index under the referrers tag of the case's subject, for clients that find no list of referrers.
pub(super) fn tagged(served: &Served, tag: &str) -> Option<Reply> {
    let subject = served.content.manifest(&served.names.subject)?;
    if served.answers().referrers != Referrers::Unavailable || tag != served.names.subject.replacen(':', "-", 1) {
        return None;
    }
    let own = served.content.manifest(&served.names.digest).filter(|own| own.digest != subject.digest);
    let one = own.map_or_else(|| served.made.referrer(subject, 0).descriptor(), Manifest::descriptor);
    let index = Manifest::new(index(&[one]), IMAGE_INDEX);
    let mut reply = Reply::new(200, &[("Content-Type", IMAGE_INDEX)], index.bytes.clone());
    reply.set("Docker-Content-Digest", Some(&index.digest));
    Some(reply)
}

/// An index of these descriptors.
pub(super) fn index(descriptors: &[String]) -> Bytes {
    let list = descriptors.join(",");
    format!("{{\"schemaVersion\":2,\"mediaType\":\"{IMAGE_INDEX}\",\"manifests\":[{list}]}}").into()
}
