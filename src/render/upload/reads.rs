//! What is asked of a blob after its upload: reading it whole and by range, and deleting it.

use http::Method;

use super::{Flow, Rows, STORED, Upload};
use crate::exchange::roles::blobs as roles;
use crate::exchange::{REPOSITORY, Role, ScriptedRequest, Value, When, sha256, sha512};

pub(super) const READS: Rows<Flow> = &[
    ("whole", whole),
    ("range-first", |upload| upload.range("bytes=0-3".to_owned())),
    ("range-middle", |upload| {
        let middle = upload.content.len() / 2;
        upload.range(format!("bytes={middle}-{}", middle + 3));
    }),
    ("range-last", |upload| upload.range(format!("bytes={}-", upload.content.len().saturating_sub(1)))),
    ("range-suffix", |upload| upload.range("bytes=-4".to_owned())),
    ("range-past-the-end", |upload| upload.range(format!("bytes=4-{}", upload.content.len() + 1000))),
    ("range-beyond", |upload| {
        let length = upload.content.len();
        upload.range(format!("bytes={}-{}", length + 1000, length + 1003));
    }),
    ("range-reversed", |upload| upload.range("bytes=8-4".to_owned())),
    ("ranges", |upload| upload.range("bytes=0-3,8-11".to_owned())),
];

pub(super) const DELETIONS: Rows<Option<Flow>> =
    &[("nothing", None), ("once", Some(delete_once)), ("twice", Some(delete_twice))];

/// By digest and by `Location`; after a refusal, by the digest that the client gave, if it can be the name of a blob.
fn whole(upload: &mut Upload) {
    let Some(stored) = upload.stored.clone().filter(|_| upload.names_a_blob()) else { return };
    for (role, method) in [(roles::HEAD, Method::HEAD), (roles::GET, Method::GET)] {
        upload.read(role, method, stored.clone());
    }
    for closing in upload.closing.clone() {
        let get = ScriptedRequest::at_location(roles::GET_LOCATION, Method::GET, closing, "");
        upload.send(get.when(When::Answered(closing, STORED)));
    }
    if let ([.., closing], true) = (&upload.closing[..], upload.is_of_other_bytes()) {
        let refused = When::Refused(*closing);
        upload.read(roles::HEAD_REFUSED, Method::HEAD, refused.clone());
        upload.read(roles::GET_REFUSED, Method::GET, refused);
    }
}

fn delete_once(upload: &mut Upload) {
    if let Some(delete) = upload.delete() {
        upload.read(roles::HEAD_DELETED, Method::HEAD, When::Accepted(delete));
        upload.read(roles::GET_DELETED, Method::GET, When::Accepted(delete));
    }
}

fn delete_twice(upload: &mut Upload) {
    if let Some(delete) = upload.delete() {
        upload.read(roles::GET_DELETED, Method::GET, When::Accepted(delete));
        upload.read(roles::DELETE_AGAIN, Method::DELETE, When::Accepted(delete));
    }
}

impl Upload {
    /// A request about the blob by the digest that the client gave.
    fn read(&mut self, role: Role, method: Method, when: When) -> usize {
        let path = format!("/v2/{REPOSITORY}/blobs/{}", self.digest);
        self.send(ScriptedRequest::new(role, method, path).when(when))
    }

    fn range(&mut self, range: String) {
        let Some(stored) = self.stored.clone() else { return };
        let get = self.read(roles::GET_RANGE, Method::GET, stored);
        self.script[get].headers.push(("range", Value::Text(range)));
    }

    /// Deletes the blob, if it is stored.
    fn delete(&mut self) -> Option<usize> {
        let stored = self.stored.clone()?;
        Some(self.read(roles::DELETE, Method::DELETE, stored))
    }

    /// Whether the digest can be that of a blob.
    fn names_a_blob(&self) -> bool {
        [sha256(b"").len(), sha512(b"").len()].contains(&self.digest.len())
    }

    /// Whether the digest is that of other bytes than the content.
    fn is_of_other_bytes(&self) -> bool {
        self.names_a_blob() && !self.is_right
    }
}
