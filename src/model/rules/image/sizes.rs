//! Compares the sizes of descriptors with the lengths of their content, as far as these are known: from the exchange, from
//! embedded content, from a well-known digest, or from another descriptor of the same content.

use std::borrow::Cow;

use crate::json::Node;
use crate::model::document::content::Content;
use crate::model::document::descriptors::Descriptor;
use crate::model::document::forms::{DigestForm, Size};
use crate::model::document::members::Name;
use crate::model::rule::Report;
use crate::model::rules::image::dev;
use crate::model::versions::FROM_DEV;

pub(in crate::model) fn sizes(content: &Content<'_>, report: &mut Report) {
    let mut unknown = Vec::new();
    for descriptor in content.descriptors() {
        let Some(node) = descriptor.get(Name::Size) else {
            report.at(descriptor.node, "the descriptor has no \"size\"; add the content's length in bytes");
            continue;
        };
        if descriptor.size == Size::Malformed {
            report.at(node, "\"size\" is not an int64; write the content's length in bytes");
        }
        let Some(size) = descriptor.size.length() else { continue };
        match known_length(content, &descriptor) {
            Some(length) if usize::try_from(size).ok() != Some(length) => {
                report.at(node, format!("\"size\" is not the content's length; write {length}"));
            }
            Some(_) => {}
            None if size == 0 && is_registered(content, &descriptor) => {
                report
                    .at(node, "\"size\" is 0, but \"digest\" is not that of empty content; write the content's length");
            }
            None => unknown.extend(Stated::of(&descriptor, node, size)),
        }
    }
    contradicting(unknown, report);
}

/// A size of content whose length is not known.
struct Stated<'c> {
    digest: Cow<'c, [u8]>,
    node: Node<'c>,
    size: i64,
}

impl<'c> Stated<'c> {
    fn of(descriptor: &Descriptor<'c>, node: Node<'c>, size: i64) -> Option<Self> {
        let digest = descriptor.get(Name::Digest).filter(|_| descriptor.digest_form.is_right())?.bytes()?;
        Some(Self { digest, node, size })
    }
}

/// Reports sizes that differ from that of an earlier descriptor with the same digest: content has one length.
fn contradicting(mut stated: Vec<Stated<'_>>, report: &mut Report) {
    // Stable, so that the first of equal digests stays the first in the document.
    stated.sort_by(|a, b| a.digest.cmp(&b.digest));
    let mut wrong = Vec::new();
    for same in stated.chunk_by(|a, b| a.digest == b.digest) {
        wrong.extend(same.iter().filter(|other| other.size != same[0].size).map(|other| (other, &same[0])));
    }
    wrong.sort_by_key(|(other, _)| other.node.offset());
    for (other, first) in wrong {
        let (size, place) = (first.size, first.node.pointer());
        report.at(
            other.node,
            format!(
                "\"size\" differs from the {size} at {place} for the same digest; write the content's length in both"
            ),
        );
    }
}

/// Whether the digest is well-formed and of an algorithm that the versions register, so that the digest of nothing is known.
fn is_registered(content: &Content<'_>, descriptor: &Descriptor<'_>) -> bool {
    matches!(descriptor.digest_form, DigestForm::Sha256 | DigestForm::Sha512)
        || (FROM_DEV.holds(content.versions.image) && descriptor.get(Name::Digest).is_some_and(dev::is_blake3))
}

/// The length of a descriptor's content, if the exchange pushes it, the descriptor embeds it, or its digest is well known.
fn known_length(content: &Content<'_>, descriptor: &Descriptor<'_>) -> Option<usize> {
    let pushed = content.need(descriptor).map(|(need, _)| need.length);
    let embedded = || descriptor.data.length().filter(|_| content.versions.is_1_1());
    let known = || length_of(&descriptor.get(Name::Digest)?.bytes()?).filter(|_| is_registered(content, descriptor));
    pushed.or_else(embedded).or_else(known)
}

/// The length of content with a well-known digest: empty content and the content of the empty descriptor.
fn length_of(digest: &[u8]) -> Option<usize> {
    const KNOWN: [(&str, usize); 6] = [
        ("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0),
        ("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", 2),
        (
            "sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce\
             47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
            0,
        ),
        (
            "sha512:27c74670adb75075fad058d5ceaf7b20c4e7786c83bae8a32f626f9782af34c9\
             a33c2046ef60fd2a7878d378e29fec851806bbd9a67878f3a9f1cda4830763fd",
            2,
        ),
        ("blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262", 0),
        ("blake3:6e46dd10defc9b56c29a6ec56b508c21f54c08192194e4df25bf36f0c9c3c279", 2),
    ];
    KNOWN.iter().find(|(known, _)| known.as_bytes() == digest).map(|(_, length)| *length)
}

#[cfg(test)]
mod tests {
    use super::length_of;
    use crate::exchange::{sha256, sha512};

    #[test]
    fn well_known_digests_are_those_of_nothing_and_of_an_empty_object() {
        for content in [&b""[..], b"{}"] {
            for digest in [sha256(content), sha512(content)] {
                assert_eq!(length_of(digest.as_bytes()), Some(content.len()), "{digest}");
            }
        }
        assert_eq!(length_of(sha256(b"[]").as_bytes()), None);
    }
}
