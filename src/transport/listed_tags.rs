//! The tags that a repository lists, as far as they are known, and which of them a ledger names.

use std::collections::BTreeSet;

use ::http::Method;

use super::Transport;
use super::registry_target::{At, RegistryTarget};
use crate::error::Trouble;
use crate::exchange::{Answer, next_link};

/// Maximum number of pages of a tag list.
const PAGES: usize = 200;
/// Part of the tags that runs make up.
const FRESH_TAG: &str = "mf-";

/// The tags that a repository lists.
pub(super) struct TagListing {
    pub tags: BTreeSet<String>,
    /// Why there may be more.
    pub missing: Option<String>,
}

/// The names in a page of a tag list; `None` if it is not one. Go marshals an empty list as `null`.
fn names_of(page: &[u8]) -> Option<Vec<String>> {
    let page: serde_json::Value = serde_json::from_slice(page).ok()?;
    match &page["tags"] {
        serde_json::Value::Null => page.is_object().then(Vec::new),
        list => list.as_array()?.iter().map(|tag| tag.as_str().map(str::to_owned)).collect(),
    }
}

/// Why an answer is not a page of a tag list.
fn unusable(answer: &Answer) -> String {
    match answer.status {
        200 if answer.cut => "was too long".to_owned(),
        200 => "is not a tag list".to_owned(),
        status => format!("was answered {status}"),
    }
}

/// The tags that a ledger names.
pub(super) struct OwnTags<'t> {
    exact: BTreeSet<&'t str>,
    lower: BTreeSet<String>,
}

impl<'t> OwnTags<'t> {
    pub fn of(tags: impl IntoIterator<Item = &'t str>) -> Self {
        let exact: BTreeSet<&str> = tags.into_iter().collect();
        // These are unique to a run.
        let fresh = exact.iter().filter(|tag| tag.contains(FRESH_TAG));
        Self { lower: fresh.map(|tag| tag.to_ascii_lowercase()).collect(), exact }
    }

    /// Whether a listed tag is one of them; some registries list tags in lower case.
    pub fn contain(&self, listed: &str) -> bool {
        self.exact.contains(listed) || self.lower.contains(&listed.to_ascii_lowercase())
    }
}

impl<T: Transport> RegistryTarget<T> {
    /// The tags of a repository.
    pub(super) fn all_tags(&self, at: At<'_>) -> Result<TagListing, Trouble> {
        let (mut tags, mut target) = (BTreeSet::new(), at.tag_list());
        let mut missing = Some(format!("their list did not end after {PAGES} pages"));
        for page in 0..PAGES {
            let reply = self.ask_for(Method::GET, &target)?;
            // A repository without manifests has no list.
            if page == 0 && reply.is(404) {
                missing = None;
                break;
            }
            let listed = reply.answer().filter(|answer| answer.status == 200 && !answer.cut);
            let names = listed.and_then(|answer| Some((answer, names_of(&answer.body)?)));
            let Some((answer, names)) = names else {
                let came = reply.answer().map_or_else(|| "was not answered".to_owned(), unusable);
                missing = Some(format!("GET {target} {came}"));
                break;
            };
            let before = tags.len();
            tags.extend(names);
            let Some(next) = next_link(answer) else {
                missing = None;
                break;
            };
            target = match self.follow(&target, answer, &next) {
                Ok(next) if tags.len() > before => next,
                Ok(_) => {
                    missing = Some(format!("GET {target} has a next page but no further tags"));
                    break;
                }
                Err(not_followed) => {
                    missing = Some(format!("the next page of GET {target} {not_followed}"));
                    break;
                }
            };
        }
        Ok(TagListing { tags, missing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_in_lower_case_are_recognised_if_the_run_made_them_up() {
        let own = OwnTags::of(["TAG-mf-1", "B"]);
        assert!(own.contain("TAG-mf-1") && own.contain("tag-mf-1") && own.contain("B"));
        assert!(!own.contain("b") && !own.contain("tag-mf-2"));
    }

    #[test]
    fn a_page_without_names_is_told_from_what_is_no_page() {
        assert_eq!(names_of(br#"{"name":"a","tags":null}"#), Some(Vec::new()));
        assert_eq!(names_of(br#"{"name":"a","tags":["b"]}"#), Some(vec!["b".to_owned()]));
        for page in ["", "<html>", "[]", r#"{"tags":{}}"#, r#"{"tags":[1]}"#] {
            assert_eq!(names_of(page.as_bytes()), None, "{page}");
        }
    }
}
