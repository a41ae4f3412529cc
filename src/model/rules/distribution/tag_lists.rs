//! Tag lists as rules see them: their tags, and which tags a case has pushed.

use crate::exchange::Stage;
use crate::exchange::roles::tags as roles;
use crate::exchange::{Answer, REPOSITORY, Role, TAG};
use crate::json::read_answer as read;
use crate::model::policy::answered::{Answered, Flaw};
use crate::model::policy::listed_tags::each_tag;
use crate::model::rules::distribution::scripted_lists::{Pages, pages_of, parameter, path_of};

/// A list that a script requested after pushing tags.
pub(in crate::model) struct TagPages<'a> {
    pub pages: Pages<'a>,
    /// The tags of each page.
    pub tags: Vec<Vec<String>>,
    /// The tags that the case has pushed and not deleted before.
    pub own: Vec<String>,
    /// The number of tags that the request asks for.
    pub n: Option<usize>,
    /// The tag after which the list begins.
    pub last: Option<String>,
}

impl TagPages<'_> {
    /// The tags of all pages.
    pub(in crate::model) fn all(&self) -> impl Iterator<Item = &String> {
        self.tags.iter().flatten()
    }

    /// Whether the pages are the whole list: a single page that is full may be followed by others without a `Link`.
    pub(in crate::model) fn are_whole(&self) -> bool {
        let is_full = |n| self.tags.len() == 1 && self.tags[0].len() >= n;
        self.pages.are_all() && !self.n.is_some_and(is_full)
    }

    /// A flaw of a page.
    pub(in crate::model) fn flaw(&self, page: usize, message: String) -> Option<Flaw> {
        Some(Flaw::at(Stage::TagList, self.pages.answers.get(page)?, message))
    }
}

/// The well-formed lists that requests with these roles returned, if the target has tag lists.
pub(in crate::model) fn tag_lists<'a>(answered: &'a Answered<'_, '_>, wanted: &[Role]) -> Vec<TagPages<'a>> {
    if !answered.capabilities.tag_list || !answered.observation.accepted() {
        return Vec::new();
    }
    let lists = wanted.iter().flat_map(|role| pages_of(answered, *role));
    let with_tags = lists.filter_map(|pages| {
        let each: Option<Vec<Vec<String>>> = pages.answers.iter().map(|answer| tags(answer)).collect();
        let path = path_of(pages.request);
        let (n, last) = (parameter(path, "n").and_then(|n| n.parse().ok()), parameter(path, "last"));
        let last = last.map(|last| last.replace(TAG, &answered.observation.tag));
        Some(TagPages { own: own_tags(answered, pages.at), tags: each?, n, last, pages })
    });
    with_tags.collect()
}

/// The tags that were pushed by the case before this request of its script, without those that it deleted.
fn own_tags(answered: &Answered<'_, '_>, before: usize) -> Vec<String> {
    let observation = answered.observation;
    let is_by_tag = answered.content.exchange.tested.reference.tag(&observation.tag).is_some();
    let first = is_by_tag.then(|| observation.tag.clone());
    let mut own: Vec<String> = first.into_iter().collect();
    for one in answered.all_scripted().filter(|one| one.at < before && one.answer.is_success()) {
        let tag = path_of(one.request).rsplit('/').next().unwrap_or_default().replace(TAG, &observation.tag);
        match one.request.role {
            roles::PUSH => own.push(tag),
            roles::DELETE => own.retain(|pushed| *pushed != tag),
            _ => {}
        }
    }
    own
}

/// The tags of a list; `None` if it is malformed.
pub(in crate::model) fn tags(answer: &Answer) -> Option<Vec<String>> {
    let list = read(&answer.body).ok()?;
    // A list can have a million tags, so it does not grow step by step.
    let mut texts = Vec::with_capacity(list.root().get("tags")?.elements().count());
    each_tag(&list, |tag| texts.push(tag.into_owned()))?;
    Some(texts)
}

/// The repository in the path of a tag list.
pub(in crate::model) fn repository_of(path: &str, own: &str) -> String {
    let path = path.replace(REPOSITORY, own);
    let path = path.split('?').next().unwrap_or_default();
    path.strip_prefix("/v2/").and_then(|rest| rest.strip_suffix("/tags/list")).unwrap_or(own).to_owned()
}

/// Whether tags are in lexical order. The text explains that as case-insensitive; the position of `_` depends on the case that is
/// folded to.
pub(in crate::model) fn are_in_order<'t>(tags: impl Iterator<Item = &'t String> + Clone) -> bool {
    let orders: [fn(&str) -> String; 3] = [str::to_owned, str::to_ascii_lowercase, str::to_ascii_uppercase];
    orders.iter().any(|by| tags.clone().is_sorted_by_key(|tag| by(tag)))
}

/// A number of tags in words.
pub(in crate::model) fn count(tags: usize) -> String {
    if tags == 1 { "1 tag".to_owned() } else { format!("{tags} tags") }
}
