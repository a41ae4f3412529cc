//! Follow-ups about referrers lists: several referrers of the document, filters, pages, deletion, and the referrers tag.

use bytes::Bytes;
use http::Method;

use super::{FollowUp, Pushed, tags};
use crate::exchange::capability::Capability;
use crate::exchange::digest::{sha256, sha512};
use crate::exchange::media_types::{IMAGE_INDEX, IMAGE_MANIFEST, MANIFEST_TYPES, essence};
use crate::exchange::placeholders::REPOSITORY;
use crate::exchange::roles::{referrers as roles, tags as tag_roles};
use crate::exchange::script::{Role, ScriptedRequest, When};
use crate::exchange::stage::Stage;

/// The most pages of a list that are requested; right pages end long before.
const PAGES: usize = 8;

const SIGNATURE: &str = "application/vnd.example.signature.v1";
const SBOM: &str = "application/vnd.example.sbom.v1";
const CONFIG: &str = "application/vnd.example.config.v1+json";
/// [`CONFIG`] as the value of a query parameter, in which `+` may mean a space.
const CONFIG_IN_QUERY: &str = "application/vnd.example.config.v1%2Bjson";
const LAYER: &str = "application/vnd.example.layer.v1";

const LISTS: FollowUp =
    FollowUp { stage: Stage::Referrers, changes: true, needs: Some(Capability::Referrers), ..FollowUp::READS };

pub(super) const ROWS: &[FollowUp] = &[
    FollowUp {
        name: "referrers-several",
        script: |pushed| {
            let own = Subject::of(pushed);
            let signature = own.image(Some(SIGNATURE), r#"{"com.example.key":"1","com.example.Other.key":"é \" /"}"#);
            let pushes = [
                Some(own.index(None, r#"{"com.example.key":"2"}"#)),
                signature,
                own.image(None, "{}"),
                Some(own.index(Some(SBOM), "{}")),
            ];
            pushes.into_iter().flatten().chain([own.list(roles::LIST, "").paged(PAGES)]).collect()
        },
        ..LISTS
    },
    FollowUp {
        name: "referrers-by-type",
        script: |pushed| {
            let own = Subject::of(pushed);
            let pushes = [own.image(Some(SIGNATURE), "{}"), own.image(None, "{}"), Some(own.index(Some(SBOM), "{}"))];
            let filtered = |value| own.list(roles::LIST_FILTERED, &format!("?artifactType={value}")).paged(PAGES);
            let lists = [own.list(roles::LIST, "").paged(PAGES), filtered(SIGNATURE), filtered(CONFIG_IN_QUERY)];
            pushes.into_iter().flatten().chain(lists).collect()
        },
        ..LISTS
    },
    FollowUp {
        name: "referrers-after-list",
        script: |pushed| {
            let own = Subject::of(pushed);
            let list = || own.list(roles::LIST, "");
            vec![list(), own.any(SIGNATURE), list()]
        },
        ..LISTS
    },
    FollowUp {
        name: "referrers-after-delete",
        needs: Some(Capability::Deletion),
        script: |pushed| {
            let own = Subject::of(pushed);
            let (first, second) = (own.any(SIGNATURE), own.any(SBOM));
            let path = format!("/v2/{REPOSITORY}/manifests/{}", first.digest);
            let delete = ScriptedRequest::new(roles::DELETE, Method::DELETE, path).about(&first.digest);
            let after = own.list(roles::LIST_AFTER_DELETE, "").when(When::Accepted(3));
            // Without the referrers API nothing would show what the deletion did.
            vec![first, second, own.list(roles::LIST, ""), delete.when(When::Accepted(2)), after]
        },
        ..LISTS
    },
    FollowUp {
        name: "referrers-of-unknown-algorithm",
        changes: false,
        needs_no_push: true,
        script: |_| {
            let path = format!("/v2/{REPOSITORY}/referrers/example:{}", "0123456789abcdef".repeat(4));
            vec![ScriptedRequest::read(roles::LIST_OF_UNKNOWN_ALGORITHM, Method::GET, path)]
        },
        ..LISTS
    },
    FollowUp {
        name: "referrers-of-sha512",
        script: |pushed| {
            let own = Subject { digest: sha512(&pushed.put.body), ..Subject::of(pushed) };
            vec![own.any(SIGNATURE), own.list(roles::LIST, "").when(When::Accepted(0))]
        },
        ..LISTS
    },
    FollowUp {
        name: "referrers-tag",
        stage: Stage::ManifestGet,
        needs: None,
        script: |pushed| {
            let own = Subject::of(pushed);
            let (referrer, tag) = (own.any(SIGNATURE), own.digest.replacen(':', "-", 1));
            let media_type = referrer.header("content-type").unwrap_or_default();
            let list = format!(
                "{{\"schemaVersion\":2,\"mediaType\":\"{IMAGE_INDEX}\",\"manifests\":[{{\"mediaType\":\"{media_type}\",\
                 \"digest\":\"{}\",\"size\":{},\"artifactType\":\"{SIGNATURE}\"}}]}}",
                referrer.digest,
                referrer.body.len()
            );
            let push = ScriptedRequest::push(roles::PUSH_TAG, &tag, IMAGE_INDEX, Bytes::from(list));
            let path = format!("/v2/{REPOSITORY}/manifests/{tag}");
            let reads = [
                ScriptedRequest::read(roles::GET_TAG, Method::GET, path),
                own.list(roles::LIST, ""),
                tags::list(tag_roles::LIST, ""),
            ];
            let reads = reads.map(|read| read.when(When::Accepted(1)));
            [referrer, push.when(When::Accepted(0))].into_iter().chain(reads).collect()
        },
        ..LISTS
    },
];

/// The document of the case as a subject.
struct Subject<'p> {
    digest: String,
    /// As a descriptor's type.
    media_type: String,
    pushed: &'p Pushed<'p>,
}

impl<'p> Subject<'p> {
    fn of(pushed: &'p Pushed<'p>) -> Self {
        let named = pushed.put.content_type.as_deref().map(essence);
        let media_type = named.filter(|name| MANIFEST_TYPES.contains(&&**name));
        let media_type = media_type.unwrap_or_else(|| IMAGE_MANIFEST.to_owned());
        Self { digest: pushed.put.digest().to_owned(), media_type, pushed }
    }

    fn descriptor(&self) -> String {
        let (digest, media_type, size) = (&self.digest, &self.media_type, self.pushed.put.body.len());
        format!("{{\"mediaType\":\"{media_type}\",\"digest\":\"{digest}\",\"size\":{size}}}")
    }

    /// The push of an image manifest that refers to the subject. Its content is a blob that the repository holds; `None` if that
    /// is not known of any.
    fn image(&self, artifact_type: Option<&str>, annotations: &str) -> Option<ScriptedRequest> {
        let blob = self.pushed.blob?;
        let content = |media_type| {
            format!("{{\"mediaType\":\"{media_type}\",\"digest\":\"{}\",\"size\":{}}}", blob.digest, blob.length)
        };
        let members = format!("\"config\":{},\"layers\":[{}]", content(CONFIG), content(LAYER));
        Some(self.push(IMAGE_MANIFEST, artifact_type, &members, annotations))
    }

    /// The push of an index that refers to the subject.
    fn index(&self, artifact_type: Option<&str>, annotations: &str) -> ScriptedRequest {
        self.push(IMAGE_INDEX, artifact_type, "\"manifests\":[]", annotations)
    }

    /// The push of an image manifest if possible, else of an index.
    fn any(&self, artifact_type: &str) -> ScriptedRequest {
        self.image(Some(artifact_type), "{}").unwrap_or_else(|| self.index(Some(artifact_type), "{}"))
    }

    fn push(&self, media_type: &str, artifact_type: Option<&str>, members: &str, annotations: &str) -> ScriptedRequest {
        let artifact_type = artifact_type.map(|value| format!("\"artifactType\":\"{value}\",")).unwrap_or_default();
        let annotations = if annotations == "{}" { String::new() } else { format!(",\"annotations\":{annotations}") };
        let subject = self.descriptor();
        let body = format!(
            "{{\"schemaVersion\":2,\"mediaType\":\"{media_type}\",{artifact_type}{members},\"subject\":{subject}{annotations}}}"
        );
        ScriptedRequest::push(roles::PUSH, &sha256(body.as_bytes()), media_type, Bytes::from(body))
    }

    /// The referrers of the subject, with this query, which begins with `?`.
    fn list(&self, role: Role, query: &str) -> ScriptedRequest {
        ScriptedRequest::read(role, Method::GET, format!("/v2/{REPOSITORY}/referrers/{}{query}", self.digest))
    }
}
