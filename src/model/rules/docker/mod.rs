//! Rules from Docker's page on image manifest version 2, schema 2, by which `check` judges what it finds. Runs do not use
//! them: no OCI specification defines these documents. All are SHOULDs, since the page describes and does not require.

pub(in crate::model) mod descriptor;
pub(in crate::model) mod list;
pub(in crate::model) mod manifest;

use crate::model::document::content::Content;
use crate::model::rule::{Binds, Clause, Consequence, ContentRule, Family, Level, Report, RuleInfo, Source};

/// The page, where the project that maintains it publishes it.
const PAGE: Clause = Clause::of(Source::Docker, "distribution.github.io/distribution/spec/manifest-v2-2/");
const MANIFEST: &str = "image-manifest-field-descriptions";
const LIST: &str = "manifest-list-field-descriptions";

/// A row of the table.
const fn row(
    id: &'static str,
    section: &'static str,
    summary: &'static str,
    [why, fix]: [&'static str; 2],
    check: fn(&Content<'_>, &mut Report),
) -> ContentRule {
    let clause = Clause { section, summary, ..PAGE };
    let info = RuleInfo { id, clause, level: Level::Should, why, fix, ..RuleInfo::of(Binds::Author, Family::Docker) };
    ContentRule { info, consequence: Consequence::Breach, check }
}

/// Applies a check of OCI's rules to the OCI twin of a Docker document.
fn on_twin(content: &Content<'_>, report: &mut Report, check: fn(&Content<'_>, &mut Report)) {
    if let Some(twin) = content.docker_twin() {
        check(twin, report);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::exchange::{DOCKER_LIST, DOCKER_MANIFEST, Exchange, Facts};
    use crate::model::rules::pages::docker_rules;
    use crate::model::{Content, Versions, decide, decide_found};

    /// A change of a document, and the rule that the result breaks.
    type Change = (&'static str, &'static str, &'static str);

    const IMAGE: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",
        "config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":9,
        "digest":"sha256:b5b2b2c507a0944348e0303114d8d93aaaa081732b86451d9bce1f432a537bc7"},
        "layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","size":9,
        "digest":"sha256:b5b2b2c507a0944348e0303114d8d93aaaa081732b86451d9bce1f432a537bc7","urls":["https://a.b/c"]}]}"#;
    const LIST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.list.v2+json",
        "manifests":[{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","size":9,
        "digest":"sha256:b5b2b2c507a0944348e0303114d8d93aaaa081732b86451d9bce1f432a537bc7",
        "platform":{"architecture":"arm","os":"linux","variant":"v7"}}]}"#;

    const OF_IMAGE: &[Change] = &[
        ("", "", ""),
        (r#""schemaVersion":2"#, r#""schemaVersion":1"#, "docker-manifest-schema-version-is-2"),
        (DOCKER_MANIFEST, "application/vnd.oci.image.manifest.v1+json", "docker-manifest-media-type-is-its-own"),
        (r#""config":{"#, r#""x":{"#, "docker-manifest-config-is-a-descriptor"),
        ("docker.container.image.v1", "oci.image.config.v1", "docker-manifest-config-type-is-dockers"),
        (r#""layers":["#, r#""layers":[1,"#, "docker-manifest-layers-are-descriptors"),
        (r#""layers":["#, r#""x":["#, "docker-manifest-layers-are-descriptors"),
        ("docker.image.rootfs.foreign.diff", "acme.layer", "docker-manifest-layer-types-are-dockers"),
        (r#""application/vnd.docker.container.image.v1+json""#, "1", "docker-descriptor-media-type-is-a-media-type"),
        (r#""sha256:b5b2b"#, r#""sha256:"#, "docker-descriptor-digest-is-a-digest"),
        (r#""size":9"#, r#""size":-9"#, "docker-descriptor-size-is-the-contents"),
        (r#""size":9"#, r#""x":9"#, "docker-descriptor-size-is-the-contents"),
        ("https://a.b/c", "a b", "docker-descriptor-urls-are-uris"),
    ];
    const OF_LIST: &[Change] = &[
        ("", "", ""),
        (r#""schemaVersion":2"#, r#""x":1"#, "docker-list-schema-version-is-2"),
        (DOCKER_LIST, "application/vnd.oci.image.index.v1+json", "docker-list-media-type-is-its-own"),
        (r#""manifests":"#, r#""x":"#, "docker-list-manifests-are-descriptors"),
        (
            r#""application/vnd.docker.distribution.manifest.v2"#,
            r#""application/vnd.acme"#,
            "docker-list-child-types-are-dockers",
        ),
        (r#""platform":"#, r#""x":"#, "docker-list-child-names-its-platform"),
        (r#""os":"#, r#""x":"#, "docker-list-child-names-its-platform"),
        (r#""v7""#, "7", "docker-list-platform-members-have-their-types"),
        ("linux", "Linux", "docker-list-platform-values-are-gos"),
    ];

    #[test]
    fn each_rule_is_broken_by_a_document_that_keeps_the_others() {
        let mut broken = BTreeSet::new();
        for (document, own, changes) in [(IMAGE, DOCKER_MANIFEST, OF_IMAGE), (LIST, DOCKER_LIST, OF_LIST)] {
            for (from, to, rule) in changes {
                assert!(document.contains(from), "{from}");
                let changed = document.replacen(from, to, usize::from(!from.is_empty()));
                let exchange = Exchange::of_document(Some(own.to_owned()), changed.clone().into(), Vec::new());
                let facts = Facts::all_there(&exchange);
                let content = Content::of_found(&exchange, &facts, Versions::V1_1);
                let (found, ran) = (decide_found(&content, Vec::new()), decide(&content));
                let rules: BTreeSet<_> = found.breaches.iter().map(|breach| breach.rule.id).collect();
                assert_eq!(rules, rule.split(' ').filter(|rule| !rule.is_empty()).collect(), "{changed}");
                assert_eq!(
                    (found.expect, ran.breaches.len()),
                    (ran.expect, 0),
                    "a run does not use the rules: {changed}"
                );
                broken.extend(rules);
            }
        }
        assert_eq!(broken, docker_rules().map(|rule| rule.info.id).collect());
    }
}
