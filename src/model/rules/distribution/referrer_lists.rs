//! Referrers lists as rules see them: their descriptors, and the pushed manifests that they must hold.

use crate::exchange::roles::referrers as roles;
use crate::exchange::{Answer, IMAGE_INDEX, IMAGE_MANIFEST, MANIFEST_TYPES, Probe, ScriptedRequest, Stage};
use crate::json::{Node, read, read_answer};
use crate::model::document::content::DocumentKind;
use crate::model::document::members::Name;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::rules::distribution::scripted_lists::{Pages, pages_of, path_of};

/// A pushed manifest that refers to a subject, and what its descriptor in the list must say.
pub(in crate::model) struct Referrer {
    pub digest: String,
    pub kind: DocumentKind,
    /// Whether the same bytes were pushed as another kind, too, and do not name their own.
    pub is_of_either_kind: bool,
    /// The media type, if the push leaves no doubt.
    pub media_type: Option<String>,
    pub size: usize,
    pub artifact_type: Option<String>,
    pub annotations: Vec<(String, String)>,
}

impl Referrer {
    /// A referrer with these members; only an image manifest has a config.
    fn of(
        (digest, kind, media_type, size): (String, DocumentKind, Option<String>, usize),
        artifact_type: Option<Node<'_>>,
        config: Option<Node<'_>>,
        annotations: Option<Node<'_>>,
    ) -> Self {
        let text = |node: Node<'_>| node.text().map(std::borrow::Cow::into_owned);
        let non_empty = |node| text(node).filter(|text| !text.is_empty());
        let of_config = || config.filter(|_| kind == DocumentKind::Image)?.get("mediaType").and_then(non_empty);
        let members = annotations.into_iter().filter(|node| node.is_object()).flat_map(Node::members);
        Self {
            digest,
            kind,
            is_of_either_kind: false,
            media_type,
            size,
            artifact_type: artifact_type.and_then(non_empty).or_else(of_config),
            annotations: members.filter_map(|(key, value)| Some((text(key)?, text(value)?))).collect(),
        }
    }

    /// The document of the case.
    fn tested(answered: &Answered<'_, '_>) -> Self {
        let (content, tested) = (answered.content, &answered.content.exchange.tested);
        // A registry may list another spelling of a type with upper case or parameters.
        let named = tested.content_type.as_deref().filter(|name| MANIFEST_TYPES.contains(name));
        let is_of_either_kind = content.exchange.is_of_two_kinds() && content.member(Name::MediaType).is_none();
        let named = named.filter(|_| !is_of_either_kind);
        let facts = (tested.digest().to_owned(), content.kind(), named.map(str::to_owned), tested.body.len());
        let member = |name| content.member(name);
        let own = Self::of(facts, member(Name::ArtifactType), member(Name::Config), member(Name::Annotations));
        Self { is_of_either_kind, ..own }
    }

    /// A manifest that a script pushed.
    fn pushed(request: &ScriptedRequest) -> Option<Self> {
        let media_type = request.header("content-type")?;
        let kind = match media_type {
            IMAGE_MANIFEST => DocumentKind::Image,
            IMAGE_INDEX => DocumentKind::Index,
            _ => return None,
        };
        let document = read(&request.body).ok()?;
        let member = |name| document.root().get(name);
        let facts = (request.digest.clone(), kind, Some(media_type.to_owned()), request.body.len());
        Some(Self::of(facts, member("artifactType"), member("config"), member("annotations")))
    }
}

/// A descriptor in a list.
pub(in crate::model) struct Descriptor {
    pub digest: String,
    /// Its text in the answer.
    pub source: String,
}

impl Descriptor {
    /// The source of a member; `None` if it is absent.
    pub(in crate::model) fn member(&self, name: &str) -> Option<String> {
        let descriptor = read(self.source.as_bytes()).ok()?;
        descriptor.root().get(name).map(|node| String::from_utf8_lossy(node.raw()).into_owned())
    }
}

/// A list that was answered with 200.
pub(in crate::model) struct ReferrersList<'a> {
    /// The index of its request in the script.
    pub at: Option<usize>,
    /// The answer of each page, and its descriptors.
    pub pages: Vec<(&'a Answer, Vec<Descriptor>)>,
    /// Whether the pages are the whole list.
    pub is_whole: bool,
    /// What it must hold: accepted pushes that refer to its subject and were not deleted.
    pub expected: Vec<Referrer>,
}

impl ReferrersList<'_> {
    /// The first descriptor with this digest, and the answer that holds it.
    pub(in crate::model) fn find(&self, digest: &str) -> Option<(&Answer, &Descriptor)> {
        self.descriptors().find(|(_, descriptor)| descriptor.digest == digest)
    }

    /// Every descriptor, with the answer that holds it.
    pub(in crate::model) fn descriptors(&self) -> impl Iterator<Item = (&Answer, &Descriptor)> {
        self.pages.iter().flat_map(|(answer, own)| own.iter().map(|descriptor| (*answer, descriptor)))
    }

    /// The digests of each page.
    pub(in crate::model) fn digests(&self) -> Vec<Vec<&str>> {
        self.pages.iter().map(|(_, own)| own.iter().map(|one| &*one.digest).collect()).collect()
    }

    /// The expected referrers that the list holds, each with the answer and the descriptor.
    pub(in crate::model) fn held(&self) -> impl Iterator<Item = (&Referrer, &Answer, &Descriptor)> {
        let expected = self.expected.iter();
        expected.filter_map(|referrer| self.find(&referrer.digest).map(|(answer, own)| (referrer, answer, own)))
    }

    /// A flaw of a page.
    pub(in crate::model) fn flaw(&self, page: usize, message: String) -> Option<Flaw> {
        self.pages.get(page).map(|(answer, _)| Flaw::at(Stage::Referrers, answer, message))
    }
}

/// The list of the subject's referrers, if it must hold the document of the case, and the lists that its script requested. Filtered
/// lists are left out.
pub(in crate::model) fn referrers_lists<'a>(answered: &'a Answered<'_, '_>) -> Vec<ReferrersList<'a>> {
    if !answered.capabilities.referrers {
        return Vec::new();
    }
    let own = answered.observation.answer(&Probe::Referrers).filter(|answer| answer.status == 200);
    let own = own.filter(|_| answered.accepted_valid()).map(|answer| ReferrersList {
        at: None,
        pages: vec![(answer, descriptors(answer))],
        is_whole: answer.header("link").is_none() && !answer.cut,
        expected: vec![Referrer::tested(answered)],
    });
    let requested = [roles::LIST, roles::LIST_AFTER_DELETE].into_iter().flat_map(|role| pages_of(answered, role));
    own.into_iter().chain(requested.map(|list| scripted(answered, list))).collect()
}

/// As [`referrers_lists`], with the lists that were asked for by a type. These need not hold every referrer, but what they hold is
/// described as in the others.
pub(in crate::model) fn all_lists<'a>(answered: &'a Answered<'_, '_>) -> Vec<ReferrersList<'a>> {
    let mut lists = referrers_lists(answered);
    if answered.capabilities.referrers {
        lists.extend(pages_of(answered, roles::LIST_FILTERED).into_iter().map(|list| scripted(answered, list)));
    }
    lists
}

/// A list that the script requested.
fn scripted<'a>(answered: &'a Answered<'_, '_>, list: Pages<'a>) -> ReferrersList<'a> {
    ReferrersList {
        at: Some(list.at),
        is_whole: list.are_all(),
        pages: list.answers.iter().map(|answer| (*answer, descriptors(answer))).collect(),
        expected: pushed_before(answered, list.at, subject_of(list.request)),
    }
}

/// The descriptors with a digest in a list; none if it is malformed.
pub(in crate::model) fn descriptors(answer: &Answer) -> Vec<Descriptor> {
    let Ok(list) = read_answer(&answer.body) else { return Vec::new() };
    let elements = list.root().get("manifests").into_iter().flat_map(Node::elements);
    let descriptor = |node: Node<'_>| {
        let digest = node.get("digest")?.text()?.into_owned();
        Some(Descriptor { digest, source: String::from_utf8_lossy(node.raw()).into_owned() })
    };
    elements.filter_map(descriptor).collect()
}

/// The digest in the path of a referrers request.
pub(in crate::model) fn subject_of(request: &ScriptedRequest) -> &str {
    let path = path_of(request).split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}

/// The subject of a manifest that a script pushes.
pub(in crate::model) fn subject_in(request: &ScriptedRequest) -> Option<String> {
    let document = read(&request.body).ok()?;
    Some(document.root().get("subject")?.get("digest")?.text()?.into_owned())
}

/// The referrers of this subject that the case pushed before this request of its script, without those that it deleted.
pub(in crate::model) fn pushed_before(answered: &Answered<'_, '_>, before: usize, subject: &str) -> Vec<Referrer> {
    let mut pushed: Vec<Referrer> = Vec::new();
    for one in answered.all_scripted().filter(|one| one.at < before && one.answer.is_success()) {
        match one.request.role {
            roles::PUSH if subject_in(one.request).as_deref() == Some(subject) => {
                pushed.extend(Referrer::pushed(one.request));
            }
            roles::DELETE => pushed.retain(|referrer| referrer.digest != one.request.digest),
            _ => {}
        }
    }
    pushed
}
