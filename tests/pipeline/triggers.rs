//! Documented behaviour of registries and clients, trigger by trigger: each as a shape, or why it is none.
//!
//! A trigger that is a property of one push, or of its reading back, must be sayable; what is a property of an
//! account, of several pushes, of a client's code or of another endpoint is not.

use manifuzz::render::render;
use manifuzz::shape::Shape;

/// What triggers it, and the shape; several shapes are separated by blanks.
const SHAPES: &[(&str, &str)] = &[
    // Refusals and acceptances read in the source of open registries.
    ("malformed JSON", "text.length=half"),
    ("a byte order mark", "text.before=bom"),
    ("a document that is no object", "kind=json kind=json;text.value=null"),
    ("no JSON at all", "kind=not-json kind=not-json;text.bytes=nothing"),
    ("trailing garbage", "text.after=garbage text.after=word text.after=second-document"),
    ("schemaVersion absent, 1 or 2.0", "schemaVersion=absent schemaVersion=1 schemaVersion=float"),
    ("Content-Type with parameters", "content-type=parameters"),
    ("Content-Type absent or application/json", "content-type=absent content-type=json"),
    ("the body's mediaType is not the Content-Type", "mediaType=other content-type=other"),
    ("no mediaType in the body", "mediaType=absent kind=index;mediaType=absent"),
    ("no layers, no elements in layers", "layers=absent layers=empty"),
    ("size with a fraction or negative", "layers.0.size=float config.size=negative"),
    ("size beyond what a double counts", "layers.0.size=2-to-53-and-1"),
    ("size is not the real one", "config.size=off_by(1) layers.0.size=zero kind=index;manifests.0.size=off_by(1)"),
    ("a missing blob", "facts.config=missing facts.layers.0=missing"),
    ("a missing child", "facts.manifests.0=missing;kind=index"),
    ("a nested index", "content.manifests.0=index;kind=index"),
    ("a child of an unknown type", "kind=index;manifests.0.mediaType=unknown"),
    ("manifests and layers together", "confusion=other-list confusion=other-list-empty"),
    ("annotations that are no texts", "annotations=number-value annotations=null-value annotations=object-value"),
    ("a subject that is not there", "facts.subject=missing;subject=present"),
    ("a push by the wrong digest", "reference=wrong-digest"),
    ("a push by SHA-512", "reference=sha512 reference=wrong-sha512"),
    ("a body beyond 4 MiB", "text.padding=beyond(4194305)"),
    ("a body beyond 10 MiB", "text.padding=beyond(10485761)"),
    ("a push by digest alone, whose tag expires", "reference=digest"),
    ("a history whose length is not that of the layers", "content.config=history"),
    ("an unknown config type that looks like an image's", "config.mediaType=helm;content.config=not-json"),
    ("a config of no bytes", "content.config=zero-bytes"),
    ("tags in upper case", "reference=upper-case-tag"),
    ("an image config that is not JSON", "content.config=not-json"),
    ("a foreign layer without urls", "layers.0.mediaType=nondistributable layers.0.mediaType=docker-foreign"),
    ("a Docker child without platform", "kind=docker-list;manifests.0.platform=absent"),
    ("null for an optional member", "annotations=null subject=null artifactType=null layers.0.urls=null"),
    // Hosted registries and products.
    ("an unknown config type", "config.mediaType=unknown"),
    ("an artifact manifest of the release candidates", "kind=artifact"),
    ("a manifest with a subject", "subject=present"),
    ("no config", "config=absent"),
    ("GET without Accept, or with Docker's types alone", "accept=absent accept=docker"),
    ("GET that takes another kind's type alone", "accept=other"),
    ("HEAD and GET of a manifest list", "kind=docker-list"),
    ("children that are layers", "content.manifests.0=layer;kind=index"),
    ("artifactType and subject on one manifest", "artifactType=present;subject=present"),
    ("a config type with a semicolon", "config.mediaType=parameters"),
    ("an artifactType with a semicolon", "artifactType=parameters"),
    ("a config of no bytes, of a type of its own", "config.mediaType=unknown;content.config=zero-bytes"),
    ("no Location in the answer", "base"),
    ("no OCI-Subject, no referrers", "subject=present artifactType=present;subject=present"),
    ("a layer of no bytes", "content.layers.0=zero-bytes;layers.0.mediaType=octet-stream"),
    ("an attestation", "layers.0.mediaType=in-toto"),
    (
        "one layer twice with a made-up config",
        "config.mediaType=unknown;content.config=empty-json;layers=two;layers.repeat=same",
    ),
    ("a negative layer size", "layers.0.size=negative"),
    ("any OCI manifest", "base kind=index"),
    ("a digest twice in layers", "layers=two;layers.repeat=same"),
    ("a config that is null", "config.mediaType=unknown;content.config=null"),
    ("description null, no history", "content.config=docker-only"),
    ("the Content-Type of GET", "base"),
    ("HEAD without Content-Length", "base"),
    ("an artifactType that is not known", "artifactType=present"),
    ("many layers", "layers=count(127) layers=count(128) layers=count(1024)"),
    ("many children", "kind=index;manifests=count(512)"),
    ("a list whose children are blobs", "content.manifests.0=config;kind=index"),
    ("an index by its tag", "kind=index"),
    ("an OCI index without elements", "kind=index;manifests=empty"),
    ("Docker's types in a registry of OCI's", "kind=docker-image kind=docker-list"),
    ("a child without platform", "kind=index;manifests.0.platform=absent"),
    ("the reference sha256:xyz", "reference=no-hex-digest"),
    ("an OCI manifest with Docker's config", "config.mediaType=other-family"),
    (
        "an empty config with an empty type",
        "artifactType=present;config.mediaType=empty-descriptor;content.config=empty-json",
    ),
    ("a config of application/octet-stream", "config.mediaType=octet-stream"),
    ("an in-toto layer", "layers.0.mediaType=in-toto"),
    ("BuildKit's cache", "config.mediaType=buildkit content.manifests.0=layer;kind=index"),
    // Security reports.
    (
        "one body of two kinds, pushed as both",
        "confusion=other-list;mediaType=absent;repeat=as-other-before kind=index;confusion=other-list;mediaType=absent",
    ),
    ("an unbounded body in chunks", "text.padding=beyond(8388608);transfer=chunked"),
    ("a foreign layer with urls to another host", "layers.0.mediaType=nondistributable;layers.0.urls=one"),
    ("urls to the reader's own host", "layers.0.urls=loopback"),
    ("an annotation that a client reads as a digest", "kind=index;manifests.0.annotations=subject-key"),
    (
        "a digest that leads upwards, is empty, has no colon",
        "config.digest=traversal layers.0.digest=empty layers.0.digest=no-algorithm subject=present;subject.digest=traversal",
    ),
    ("a huge index", "kind=index;text.padding=pad(4000000)"),
    ("PUT under the digest of other bytes", "reference=wrong-digest"),
    ("config twice, mediaType twice", "confusion.config=twice confusion.repeat=type-twice"),
    ("a key split over two objects", "confusion.config=split confusion.repeat=list-split"),
    ("keys in another case", "confusion.case=list-in-place confusion.case=type-beside confusion.config=case-beside"),
    // What conformance suites switch.
    ("the data field", "layers.0.data=right subject=present;subject.data=right"),
    ("members that no specification names", "unknown.member=text layers.0.unknown=text"),
    ("the same bytes in another order, with other escapes", "text.order=reversed text.escapes=all text.space=indented"),
    ("numbers beyond every reader", "unknown.member=digits(400) unknown.member=1e400"),
    ("depth", "unknown.member=depth(10001) kind=json;text.value=depth(200000)"),
    ("annotations of a size", "annotations=length(65536) annotations=count(1000) annotations=key-length(256)"),
    ("tags of a length", "reference=length(128) reference=long-tag"),
    ("a push that is repeated, or moves a tag", "repeat=twice repeat=over-another"),
    ("content in another repository", "facts.layers.0=elsewhere facts.manifests.0=elsewhere;kind=index"),
];

/// What is no shape, and why.
const NONE: &[(&str, &str)] = &[
    ("referrers of a digest that nobody pushed, of a malformed one", "asks without a push"),
    ("the first push to a repository needs a blob", "depends on the history of the repository"),
    ("a schema 1 conversion offered to old clients", "asked for by `accept`; the conversion itself is the answer"),
    ("the digest header of a list is another's", "seen on `kind=docker-list`: an answer, not a trigger"),
    ("a mount from another registry's name, without `from`", "a property of the blob's upload"),
    ("a chunk beyond 4 MiB, PATCH answered with 201, a last PUT without body", "a property of the blob's upload"),
    ("uploads in one piece only, in chunks only, the last chunk alone kept", "a property of the blob's upload"),
    ("a pull needs an anonymous token; push scopes need delete", "a property of authentication"),
    ("a signature's push is answered with 406", "the shape of that manifest is not documented"),
    ("more than 1000 tags asked for; paging", "asks without a push"),
    ("locked repositories, retention policies, quotas, circuit breakers", "a property of the account"),
    ("concurrent pushes of one image", "several pushes at once, which exchanges exclude"),
    ("spurious 404 after replication", "a matter of time, not of content"),
    ("DELETE by tag is unsupported or bypasses a setting", "deletion, which no push shows"),
    ("an unknown manifest is answered with 403 or NOT_FOUND", "asks without a push"),
    ("`/v2` without its last slash", "another endpoint"),
    ("responses under gzip lose Content-Length", "the server's own choice on any answer"),
    ("stale access after deletion, authorisation by method and tag", "several requests with several rights"),
    ("`WWW-Authenticate` with a realm on another host", "a server's answer to a client"),
    ("other bytes than the digest that was asked for", "a server's answer to a client"),
    ("unlimited reading of a layout on import", "a client's file, not a push"),
    ("links in a layer's tar archive", "the content of a layer, which no registry reads"),
    ("a Range header for a blob of no bytes; rewritten configs; a crash of a browser", "a client's own code"),
];

#[test]
fn every_trigger_of_a_push_is_a_shape() {
    for (trigger, shapes) in SHAPES {
        for text in shapes.split(' ') {
            let shape = text.parse::<Shape>().unwrap_or_else(|error| panic!("{trigger}: {error}"));
            assert!(!render(&shape).steps.is_empty(), "{trigger}: {text}");
        }
    }
}

#[test]
fn every_other_trigger_has_its_reason() {
    let mut names = std::collections::HashSet::new();
    for (trigger, _) in SHAPES.iter().chain(NONE) {
        assert!(names.insert(trigger), "{trigger} stands twice");
    }
    assert!(NONE.iter().all(|(_, reason)| !reason.is_empty()));
}
