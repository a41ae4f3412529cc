//! Rules on an image layout: content against the descriptors that name it. Only `check` judges layouts, and it compares the
//! files itself, so these rules have no check here.

use crate::model::rule::{Binds, Clause, Family, Level, RuleInfo, Source};
use crate::model::rules::image::layer;
use crate::model::versions::{ALWAYS, FROM_1_0, FROM_1_1};

const IMAGE: Clause = Clause::of(Source::ImageSpec, "");
const PUSH: Clause =
    Clause { section: "pushing-manifests-with-subject", ..Clause::of(Source::DistributionSpec, "spec.md") };
const AUTHOR: RuleInfo = RuleInfo::of(Binds::Author, Family::Layout);

/// A rule on an image layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayoutRule {
    /// The directory of blobs exists.
    Blobs,
    /// The file that marks a layout exists and names the version of the layout.
    Marker,
    /// The index exists.
    Index,
    /// Content is stored under its digest.
    Names,
    /// A layer of a gzip type is compressed with gzip.
    GzipLayer,
    /// A layer of a zstd type is compressed with zstd.
    ZstdLayer,
    /// A layer of an uncompressed type is a tar archive: a rule on pushed content, too.
    TarLayer,
    /// A layer has one entry for each path.
    LayerPaths,
    /// A layer of one of Docker's types is packed as the type says.
    DockerLayer,
    /// The configuration lists the hashes of the uncompressed layers.
    DiffIds,
    /// As [`Self::DiffIds`], for Docker's images.
    DockerDiffIds,
    /// A descriptor of a manifest has the manifest's media type.
    MediaType,
    /// A descriptor of a manifest has the manifest's artifact type.
    ArtifactType,
    /// A referrers tag lists manifests with the subject that it names.
    ReferrersSubject,
    /// A referrers tag lists each manifest once.
    ReferrersOnce,
    /// A descriptor under a referrers tag has the artifact type of its manifest.
    ReferrersType,
    /// A descriptor under a referrers tag has the annotations of its manifest.
    ReferrersAnnotations,
}

impl LayoutRule {
    /// Every rule that is not one on pushed content.
    pub const ALL: [Self; 16] = [
        Self::Blobs,
        Self::Marker,
        Self::Index,
        Self::Names,
        Self::GzipLayer,
        Self::ZstdLayer,
        Self::LayerPaths,
        Self::DockerLayer,
        Self::DiffIds,
        Self::DockerDiffIds,
        Self::MediaType,
        Self::ArtifactType,
        Self::ReferrersSubject,
        Self::ReferrersOnce,
        Self::ReferrersType,
        Self::ReferrersAnnotations,
    ];

    /// Id, clause, level and versions.
    pub fn info(self) -> &'static RuleInfo {
        match self {
            Self::Blobs => &BLOBS,
            Self::Marker => &MARKER,
            Self::Index => &INDEX,
            Self::Names => &NAMES,
            Self::GzipLayer => &GZIP_LAYER,
            Self::ZstdLayer => &ZSTD_LAYER,
            Self::TarLayer => &layer::TAR_LAYER,
            Self::LayerPaths => &LAYER_PATHS,
            Self::DockerLayer => &DOCKER_LAYER,
            Self::DiffIds => &DIFF_IDS,
            Self::DockerDiffIds => &DOCKER_DIFF_IDS,
            Self::MediaType => &MEDIA_TYPE,
            Self::ArtifactType => &ARTIFACT_TYPE,
            Self::ReferrersSubject => &REFERRERS_SUBJECT,
            Self::ReferrersOnce => &REFERRERS_ONCE,
            Self::ReferrersType => &REFERRERS_TYPE,
            Self::ReferrersAnnotations => &REFERRERS_ANNOTATIONS,
        }
    }
}

const LAYOUT: Clause = Clause { page: "image-layout.md", section: "content", ..IMAGE };

static BLOBS: RuleInfo = RuleInfo {
    id: "layout-has-blobs",
    clause: Clause {
        summary: "a layout has the directory blobs, which may be empty",
        sentence: "12800969b9b71bff",
        ..LAYOUT
    },
    level: Level::Must,
    versions: FROM_1_0,
    why: "Programs that open the layout fail before they read its index.",
    fix: "Add the directory blobs, even if it is empty.",
    ..AUTHOR
};

static MARKER: RuleInfo = RuleInfo {
    id: "layout-is-marked",
    clause: Clause {
        summary: "a layout has the file oci-layout with its imageLayoutVersion, which is 1.0.0",
        sentence: "3e085273048a6d79",
        ..LAYOUT
    },
    level: Level::Must,
    versions: FROM_1_0,
    why: "Programs do not recognise the directory as a layout, or as one that they can read.",
    fix: "Write the file oci-layout with {\"imageLayoutVersion\":\"1.0.0\"}.",
    ..AUTHOR
};

static INDEX: RuleInfo = RuleInfo {
    id: "layout-has-an-index",
    clause: Clause { summary: "a layout has the file index.json", sentence: "bc09d973a1463aff", ..LAYOUT },
    level: Level::Must,
    versions: FROM_1_0,
    why: "No program finds what the layout holds.",
    fix: "Write the file index.json with an image index, which may have no manifests.",
    ..AUTHOR
};

static NAMES: RuleInfo = RuleInfo {
    id: "layout-blobs-are-named-by-their-digests",
    clause: Clause {
        section: "blobs",
        summary: "each blob of a layout is stored under its digest",
        sentence: "1b793d5f0d6f5bfb",
        ..LAYOUT
    },
    level: Level::Must,
    versions: FROM_1_0,
    why: "Clients that verify what they read refuse the blob, and others take other content than was meant.",
    fix: "Copy the blob again, and name it by the digest of its content.",
    ..AUTHOR
};

const LAYER_WHY: &str = "Clients that trust the media type cannot unpack the layer.";
const LAYER_FIX: &str = "Set the layer's \"mediaType\" to the type that its content has.";
const DIFF_WHY: &str = "Clients that verify unpacked layers reject the image.";
const DIFF_FIX: &str = "List the SHA-256 of each uncompressed layer in \"diff_ids\", in the order of \"layers\".";

static GZIP_LAYER: RuleInfo = RuleInfo {
    id: "layout-gzip-layer-is-gzip",
    clause: Clause {
        page: "layer.md",
        section: "gzip-media-types",
        summary: "content of a gzip layer type is compressed with gzip",
        sentence: "39d3744748e79ac5",
        ..IMAGE
    },
    level: Level::Must,
    versions: FROM_1_0,
    why: LAYER_WHY,
    fix: LAYER_FIX,
    ..AUTHOR
};

static ZSTD_LAYER: RuleInfo = RuleInfo {
    id: "layout-zstd-layer-is-zstd",
    clause: Clause {
        page: "layer.md",
        section: "zstd-media-types",
        summary: "content of a zstd layer type is compressed with zstd",
        sentence: "f84dd7873a994708",
        ..IMAGE
    },
    level: Level::Must,
    versions: FROM_1_1,
    why: LAYER_WHY,
    fix: LAYER_FIX,
    ..AUTHOR
};

static LAYER_PATHS: RuleInfo = RuleInfo {
    id: "layout-layer-has-each-path-once",
    clause: Clause {
        page: "layer.md",
        section: "distributable-format",
        summary: "a layer has no two entries for one path",
        sentence: "aad969f2f8c603ab",
        ..IMAGE
    },
    level: Level::Must,
    versions: FROM_1_0,
    why: "Clients differ in which of the entries they keep, so one image has several contents.",
    fix: "Leave only the entry that was meant, which is the last one for most clients.",
    ..AUTHOR
};

static DOCKER_LAYER: RuleInfo = RuleInfo {
    id: "layout-docker-layer-has-its-type",
    clause: Clause {
        section: "media-types",
        summary: "content of a Docker layer type is a tar archive, compressed as the type says",
        ..Clause::of(Source::Docker, "distribution.github.io/distribution/spec/manifest-v2-2/")
    },
    level: Level::Should,
    versions: ALWAYS,
    why: LAYER_WHY,
    fix: LAYER_FIX,
    ..AUTHOR
};

static DIFF_IDS: RuleInfo = RuleInfo {
    id: "layout-diff-ids-are-the-layers",
    clause: Clause {
        page: "config.md",
        section: "properties",
        summary: "diff_ids of a configuration are the hashes of the uncompressed layers, in their order",
        sentence: "f7afab1ae41ccfbf",
        ..IMAGE
    },
    level: Level::Must,
    versions: FROM_1_0,
    why: DIFF_WHY,
    fix: DIFF_FIX,
    ..AUTHOR
};

static DOCKER_DIFF_IDS: RuleInfo = RuleInfo {
    id: "layout-docker-diff-ids-are-the-layers",
    clause: Clause {
        section: "image-json-field-descriptions",
        summary: "diff_ids of a configuration are the hashes of the uncompressed layers, in their order",
        ..Clause::of(Source::Docker, "github.com/moby/moby/blob/v20.10.8/image/spec/v1.2.md")
    },
    level: Level::Should,
    versions: ALWAYS,
    why: DIFF_WHY,
    fix: DIFF_FIX,
    ..AUTHOR
};

static MEDIA_TYPE: RuleInfo = RuleInfo {
    id: "layout-descriptor-has-its-contents-type",
    clause: Clause {
        page: "descriptor.md",
        section: "properties",
        summary: "mediaType of a descriptor is the media type of the content",
        sentence: "2d0faca8b3b9877e",
        ..IMAGE
    },
    level: Level::Must,
    versions: FROM_1_0,
    why: "Clients read the manifest as another kind of document than it is.",
    fix: "Set \"mediaType\" of the descriptor to that of the manifest.",
    ..AUTHOR
};

static ARTIFACT_TYPE: RuleInfo = RuleInfo {
    id: "layout-descriptor-has-its-contents-artifact-type",
    clause: Clause {
        page: "descriptor.md",
        section: "properties",
        summary: "artifactType of a descriptor is the type of the artifact that it points at",
        sentence: "16f8576baa180674",
        ..IMAGE
    },
    // The sentence makes the member optional and does not say how the value of an existing one is found.
    level: Level::Should,
    versions: FROM_1_1,
    why: "Clients that filter by artifactType do not find the artifact, or find another.",
    fix: "Set \"artifactType\" of the descriptor to that of the manifest, or to the type of its config.",
    ..AUTHOR
};

static REFERRERS_SUBJECT: RuleInfo = RuleInfo {
    id: "layout-referrers-tag-lists-referrers",
    clause: Clause {
        section: "referrers-tag-schema",
        summary: "a referrers tag names an index of manifests with the subject that the tag is made from",
        sentence: "2670e3b7a18f3623",
        ..PUSH
    },
    level: Level::Should,
    versions: FROM_1_1,
    why: "Clients take manifests for referrers of content to which they do not refer.",
    fix: "List the manifests whose subject has the digest in the tag, and no others.",
    ..AUTHOR
};

static REFERRERS_ONCE: RuleInfo = RuleInfo {
    id: "layout-referrers-tag-lists-each-once",
    clause: Clause { summary: "a referrers tag lists each manifest once", sentence: "489d996bb63e72c6", ..PUSH },
    level: Level::Should,
    versions: FROM_1_1,
    why: "Clients process the same referrer twice.",
    fix: "Remove the repeated descriptors.",
    ..AUTHOR
};

static REFERRERS_TYPE: RuleInfo = RuleInfo {
    id: "layout-referrers-tag-copies-artifact-types",
    clause: Clause {
        summary: "a listed descriptor has the artifactType of its manifest, or the type of its config",
        sentence: "b4de6b39b3a75fca",
        ..PUSH
    },
    level: Level::Must,
    versions: FROM_1_1,
    why: "Clients that filter by artifactType do not find the referrer.",
    fix: "Set \"artifactType\" to that of the manifest or, if it has none, to the media type of its config.",
    ..AUTHOR
};

static REFERRERS_ANNOTATIONS: RuleInfo = RuleInfo {
    id: "layout-referrers-tag-copies-annotations",
    clause: Clause {
        summary: "a listed descriptor has all annotations of its manifest",
        sentence: "4321cd7c9c5e83cb",
        ..PUSH
    },
    level: Level::Must,
    versions: FROM_1_1,
    why: "Clients that select referrers by annotations do not find the referrer.",
    fix: "Copy the manifest's annotations to its descriptor.",
    ..AUTHOR
};
