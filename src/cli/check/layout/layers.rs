//! The layers of an image against their media types, and against `diff_ids` of its configuration. The digests of the content
//! are right, so a type that does not fit is the descriptor's fault.

use std::io::{ErrorKind, Read as _};

use super::archive::ArchiveFlaw;
use super::blobs::Blobs;
use super::compression::{Packing, Unpacked, unpack};
use super::differences::difference;
use super::links::{Link, links};
use crate::exchange::{DOCKER_MANIFEST, essence, is_digest};
use crate::json::{Node, read};
use crate::model::{Breach, LayoutRule};

/// The media types of image configurations.
const CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// Where the content of layers differs from their types or from the configuration. Layers whose type is not of a file system
/// are not compared, nor those that the layout lacks.
pub(super) fn compare(body: &[u8], blobs: &mut Blobs) -> Vec<Breach> {
    let links = links(body);
    let layers: Vec<&Link> = links.iter().filter(|link| link.path.starts_with("/layers/")).collect();
    let config = links.iter().find(|link| link.path == "/config");
    let is_image = config.is_some_and(is_image_config);
    let ids = config.and_then(|config| diff_ids(config, blobs));
    let rule = if is_dockers(body) { LayoutRule::DockerDiffIds } else { LayoutRule::DiffIds };
    let mut found = Vec::new();
    let ids = ids.filter(|ids| {
        let is_complete = ids.len() == layers.len();
        if !is_complete {
            let what = format!("the configuration has {} diff_ids for {} layers", ids.len(), layers.len());
            let advice = "push the configuration that was made with these layers";
            found.push(difference(rule, "/config".to_owned(), format!("{what}; {advice}")));
        }
        is_complete
    });
    for (i, layer) in layers.iter().enumerate() {
        let Some((declared, types)) = layer.media_type.as_deref().and_then(Packing::of_type) else { continue };
        let id = ids.as_ref().map(|ids| ids[i].as_str());
        let Some((actual, unpacked)) = unpacked(layer, id, blobs) else { continue };
        if let Some(message) = type_message(declared, actual, &unpacked, &types, is_image) {
            found.push(difference(rule_of_type(declared, &types), format!("{}/mediaType", layer.path), message));
            continue;
        }
        // Docker's description says nothing of it.
        if let (Ok(Unpacked { flaw: Some(ArchiveFlaw::Twice(path)), .. }), LayoutRule::DiffIds) = (&unpacked, rule) {
            let message = format!("the layer has several entries for {path:?}; leave only the last one");
            found.push(difference(LayoutRule::LayerPaths, layer.path.clone(), message));
        }
        if let Some(id) = id.filter(|id| !is_digest(id)) {
            let what = format!("diff_ids/{i} of the configuration is {id:?}, which is not a digest");
            let advice =
                "write the SHA-256 of the uncompressed layer as \"sha256:\" and 64 hexadecimal digits in lower case";
            found.push(difference(rule, layer.path.clone(), format!("{what}; {advice}")));
            continue;
        }
        let Ok(Unpacked { digest: Some(digest), .. }) = unpacked else { continue };
        if let Some(id) = id.filter(|id| *id != digest) {
            let what = format!("diff_ids/{i} of the configuration is {id}, but this layer unpacks to {digest}");
            let advice = "compress the original layer again, or push the configuration that was made with these layers";
            found.push(difference(rule, layer.path.clone(), format!("{what}; {advice}")));
        }
    }
    found
}

/// Whether a manifest is Docker's.
fn is_dockers(body: &[u8]) -> bool {
    read(body).is_ok_and(|document| {
        let own = document.root().get("mediaType").and_then(Node::text);
        own.is_some_and(|own| essence(&own) == DOCKER_MANIFEST)
    })
}

/// What the layer's content is, and what it unpacks to. `None` if the layout lacks it or it cannot be unpacked here.
fn unpacked(layer: &Link, id: Option<&str>, blobs: &mut Blobs) -> Option<(Packing, std::io::Result<Unpacked>)> {
    let mut start = Vec::new();
    blobs.open(&layer.digest)?.take(512).read_to_end(&mut start).ok()?;
    let actual = Packing::of_content(&start);
    let (algorithm, _) = id.and_then(|id| id.split_once(':')).unwrap_or_default();
    let unpacked = unpack(blobs.open(&layer.digest)?, actual, algorithm);
    let is_damaged = |kind| matches!(kind, ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof);
    match unpacked {
        Err(error) if !is_damaged(error.kind()) => None,
        unpacked => Some((actual, unpacked)),
    }
}

/// The rule that content breaks if it does not have the declared packing.
fn rule_of_type(declared: Packing, types: &[String; 3]) -> LayoutRule {
    match declared {
        _ if types[0].contains("docker") => LayoutRule::DockerLayer,
        Packing::Gzip => LayoutRule::GzipLayer,
        Packing::Zstd => LayoutRule::ZstdLayer,
        Packing::Tar | Packing::Foreign(_) | Packing::Other => LayoutRule::TarLayer,
    }
}

/// What is wrong with the type of a layer, if anything.
fn type_message(
    declared: Packing,
    actual: Packing,
    unpacked: &std::io::Result<Unpacked>,
    types: &[String; 3],
    is_image: bool,
) -> Option<String> {
    let other = if is_image {
        "use the content's own type, with a config type other than an image's, or push a layer"
    } else {
        "set \"mediaType\" to the content's own type"
    };
    let unpacked = match unpacked {
        Ok(unpacked) => unpacked,
        Err(error) => {
            return Some(format!(
                "the layer is damaged: it cannot be unpacked ({error}); push the layer as it was compressed"
            ));
        }
    };
    if let Some(ArchiveFlaw::Damaged(how)) = unpacked.flaw {
        return Some(format!(
            "the layer is damaged: the tar archive is not whole ({how}); push the layer as it was made"
        ));
    }
    let (name, own) = match actual {
        Packing::Tar => ("a tar archive without compression", &types[0]),
        Packing::Gzip => ("compressed with gzip", &types[1]),
        Packing::Zstd => ("compressed with zstd", &types[2]),
        Packing::Foreign(program) => {
            let advice = "compress the archive with gzip or zstd";
            return Some(format!("the layer is compressed with {program}, which no layer type names; {advice}"));
        }
        Packing::Other => return Some(format!("the layer is neither a tar archive nor a compressed one; {other}")),
    };
    // Clients read an empty stream as an archive without files.
    if Packing::of_content(&unpacked.start) != Packing::Tar && !unpacked.start.is_empty() {
        return Some(format!("the layer is {name}, but does not unpack to a tar archive; {other}"));
    }
    (declared != actual).then(|| format!("the layer is {name}; set \"mediaType\" to \"{own}\""))
}

fn is_image_config(config: &Link) -> bool {
    config.media_type.as_deref().is_some_and(|own| CONFIGS.contains(&own))
}

/// `diff_ids` of an image configuration, if the content is one.
fn diff_ids(config: &Link, blobs: &mut Blobs) -> Option<Vec<String>> {
    let bytes = blobs.bytes(&config.digest).filter(|_| is_image_config(config))?;
    let document = read(&bytes).ok()?;
    let ids = document.root().get("rootfs")?.get("diff_ids").filter(|ids| ids.is_array())?;
    ids.elements().map(|id| id.text().map(std::borrow::Cow::into_owned)).collect()
}
