//! The properties common to all rules: id, clause, level, versions.

use crate::model::versions::{Span, Versions};

/// The document that states a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// OCI image-spec.
    ImageSpec,
    /// OCI distribution-spec.
    DistributionSpec,
    /// HTTP semantics (RFC 9110, 9112): warnings at most.
    Http,
    /// JSON (RFC 8259).
    Json,
    /// Docker's pages on image manifest version 2, schema 2 and on image specification 1.2. Only documents that were
    /// found are judged by them.
    Docker,
}

impl Source {
    /// The name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ImageSpec => "image-spec",
            Self::DistributionSpec => "distribution-spec",
            Self::Http => "HTTP",
            Self::Json => "JSON",
            Self::Docker => "docker",
        }
    }
}

/// How binding a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// MAY, OPTIONAL.
    May,
    /// SHOULD, RECOMMENDED.
    Should,
    /// MUST, REQUIRED.
    Must,
}

impl Level {
    /// The name in the output of `manifuzz check`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::Should => "should",
            Self::Must => "must",
        }
    }
}

/// The party that a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// The author of the document, or the client that pushes it.
    Author,
    /// The registry.
    Registry,
    /// A client program under test.
    Client,
}

/// The place where a specification states a rule.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// The document.
    pub document: Source,
    /// The page, such as `manifest.md`, or the number of an RFC; an address for Docker's pages.
    pub page: &'static str,
    /// The anchor of the section.
    pub section: &'static str,
    /// What the clause requires, paraphrased.
    pub summary: &'static str,
    /// The [`hash`](crate::model::hash) of the sentence. Empty for RFCs and Docker's pages, whose text is
    /// not pinned.
    pub sentence: &'static str,
}

impl Clause {
    /// The address of the section in these versions.
    pub fn link(&self, versions: Versions) -> String {
        let repository = "https://github.com/opencontainers";
        let (page, section) = (self.page, self.section);
        match self.document {
            Source::ImageSpec => {
                format!("{repository}/image-spec/blob/{}/{page}#{section}", versions.image.git_reference())
            }
            Source::DistributionSpec => {
                format!(
                    "{repository}/distribution-spec/blob/{}/{page}#{section}",
                    versions.distribution.git_reference()
                )
            }
            Source::Http | Source::Json => {
                let number: String = page.chars().filter(char::is_ascii_digit).collect();
                format!("https://www.rfc-editor.org/rfc/rfc{number}#{section}")
            }
            Source::Docker => format!("https://{page}#{section}"),
        }
    }

    /// A template for the clauses of one page: section, summary and sentence are empty.
    pub(in crate::model) const fn of(document: Source, page: &'static str) -> Self {
        Self { document, page, section: "", summary: "", sentence: "" }
    }
}

/// The subject of a rule. What one defect of a registry breaks together is one subject: findings on one subject are one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// The bytes of the document as JSON.
    Json,
    /// The image manifest, its config and its layers.
    Manifest,
    /// The image index and its platforms.
    Index,
    /// The artifact manifest of image-spec 1.1.0-rc2.
    Artifact,
    /// Descriptors: media type, digest, size, data.
    Descriptor,
    /// Annotations.
    Annotations,
    /// Content that a registry must or should store.
    Storage,
    /// The push of a manifest, and its answer.
    Push,
    /// GET and HEAD of manifests.
    Pull,
    /// Digest headers of what is pulled.
    DigestHeaders,
    /// Content-Type of what is pulled.
    PulledTypes,
    /// GET and HEAD of blobs.
    Blobs,
    /// Uploads of blobs.
    Uploads,
    /// Chunks of uploads, and the status of an upload.
    Chunks,
    /// Mounts of blobs.
    Mounts,
    /// Ranges of blobs.
    Ranges,
    /// Answers about what the registry does not hold.
    Missing,
    /// Tag lists and their pages.
    Tags,
    /// The order of tags.
    TagOrder,
    /// Referrers lists and their pages.
    Referrers,
    /// The entries of referrers lists.
    ReferrersEntries,
    /// Filters of referrers lists.
    ReferrersFilters,
    /// Deletion of tags, manifests and blobs.
    Deletion,
    /// Error codes and error bodies.
    Errors,
    /// `Warning` headers.
    Warnings,
    /// HTTP where distribution-spec is silent.
    Http,
    /// Docker's manifests and lists.
    Docker,
    /// The content of an image layout.
    Layout,
    /// What clients take from a registry.
    ClientTypes,
    /// What clients verify before they take it.
    ClientVerification,
    /// Where clients send credentials.
    ClientCredentials,
    /// Lists and the referrers tag, as clients use them.
    ClientLists,
    /// What clients do to the machine and the bytes.
    ClientSafety,
}

impl Family {
    /// The name in the output of `manifuzz rules ID`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Manifest => "manifest",
            Self::Index => "index",
            Self::Artifact => "artifact",
            Self::Descriptor => "descriptor",
            Self::Annotations => "annotations",
            Self::Storage => "storage",
            Self::Push => "push",
            Self::Pull => "pull",
            Self::DigestHeaders => "digest-headers",
            Self::PulledTypes => "pulled-types",
            Self::Blobs => "blobs",
            Self::Uploads => "uploads",
            Self::Chunks => "chunks",
            Self::Mounts => "mounts",
            Self::Ranges => "ranges",
            Self::Missing => "missing",
            Self::Tags => "tags",
            Self::TagOrder => "tag-order",
            Self::Referrers => "referrers",
            Self::ReferrersEntries => "referrers-entries",
            Self::ReferrersFilters => "referrers-filters",
            Self::Deletion => "deletion",
            Self::Errors => "errors",
            Self::Warnings => "warnings",
            Self::Http => "http",
            Self::Docker => "docker",
            Self::Layout => "layout",
            Self::ClientTypes => "client-types",
            Self::ClientVerification => "client-verification",
            Self::ClientCredentials => "client-credentials",
            Self::ClientLists => "client-lists",
            Self::ClientSafety => "client-safety",
        }
    }
}

/// One normative statement of a specification, without its check.
#[derive(Clone, Copy, Debug)]
pub struct RuleInfo {
    /// A stable claim, such as `manifest-schema-version-is-2`.
    pub id: &'static str,
    /// Where the specification states it.
    pub clause: Clause,
    /// How binding it is.
    pub level: Level,
    /// The versions of the document that state it.
    pub versions: Span,
    /// The party it binds.
    pub binds: Binds,
    /// Its subject.
    pub family: Family,
    /// The effect on users if the rule is broken, in one sentence; of a permission, the effect if it is used.
    pub why: &'static str,
    /// The change that fixes a violation, in one sentence; of a permission, how to be unaffected.
    pub fix: &'static str,
    /// Whether a finding is dropped if a neighbouring case without the blamed content is refused in the same way: then
    /// the error code may belong to another reason.
    pub excused_by_equal_refusal: bool,
    /// The id of the rule that states this in the versions before; empty if none does.
    pub restates: &'static str,
}

impl RuleInfo {
    /// A template for the rules of one page: a row adds id, clause, level and versions.
    pub(in crate::model) const fn of(binds: Binds, family: Family) -> Self {
        Self {
            id: "",
            clause: Clause::of(Source::Json, ""),
            level: Level::May,
            versions: crate::model::versions::ALWAYS,
            binds,
            family,
            why: "",
            fix: "",
            excused_by_equal_refusal: false,
            restates: "",
        }
    }

    /// The newest pair of versions in which the rule holds.
    pub fn newest_versions(&self) -> Versions {
        Versions::ALL.into_iter().find(|versions| self.holds_in(*versions)).unwrap_or_default()
    }

    /// Whether the rule holds in these versions.
    pub fn holds_in(&self, versions: Versions) -> bool {
        match self.clause.document {
            Source::ImageSpec => self.versions.holds(versions.image),
            Source::DistributionSpec => self.versions.holds(versions.distribution),
            // An RFC applies where distribution-spec is silent.
            Source::Http => self.versions.holds(versions.distribution),
            Source::Json | Source::Docker => true,
        }
    }
}
