//! What a shell can check of a finding about a tag list: a condition for each duty, over lists with all of their pages.

use super::check::{Numbered, tested};
use super::shell::{either, path, quoted};
use crate::exchange::roles::tags as roles;
use crate::exchange::{Ask, Probe, Reference, Role};

/// Lists that the repository of the case must return.
const OF_REPOSITORY: &[Role] = &[roles::LIST, roles::LIST_AFTER_DELETE, roles::LIST_OF_UNTAGGED];
const OTHERS: &[Role] = &[roles::LIST_AFTER_UNKNOWN, roles::LIST_ODD, roles::LIST_OF_UNKNOWN];

/// A list that is requested after tags were pushed.
struct List<'p> {
    number: usize,
    path: &'p str,
}

impl List<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The number of tags that are asked for.
    fn n(&self) -> Option<usize> {
        self.parameter("n")?.parse().ok()
    }

    /// The tag after which the list begins, as a word of the shell.
    fn last(&self) -> Option<String> {
        self.parameter("last").map(path)
    }

    /// Whether the pages are the whole list.
    fn is_whole(&self) -> String {
        let n = self.n().map(|n| format!(" {n}")).unwrap_or_default();
        format!("is_whole {}{n}", self.number)
    }

    /// The name of the repository that is asked for, as a word of the shell.
    fn repository(&self) -> Option<String> {
        let place = self.path.split('?').next()?;
        place.strip_prefix("/v2/")?.strip_suffix("/tags/list").map(path)
    }
}

impl Numbered<'_> {
    /// A condition for a duty of tag lists.
    pub(super) fn of_tag_lists(&self, duty: &str) -> Option<String> {
        let is_required = |probe: &Probe| match probe {
            Probe::TagList | Probe::Ask(Ask::NoTags | Ask::OneTag | Ask::TagsInOrder) => true,
            Probe::Scripted { role, .. } => OF_REPOSITORY.contains(role),
            _ => false,
        };
        let required = self.of(is_required);
        let all = self
            .of(|probe| is_required(probe) || matches!(probe, Probe::Scripted { role, .. } if OTHERS.contains(role)));
        let of_ask = |ask| self.of(|probe| *probe == Probe::Ask(ask));
        Some(match duty {
            "tag-list-answers-200" => {
                self.any_accepted(&required, |n| format!("answered {n} && ! is {n} 200 && ! failed {n}"))
            }
            "tag-list-has-the-form" => self.any_accepted(&all, |n| {
                let form = |text: &str| format!("holds {n} {}", quoted(text));
                let name = form("\"name\" *: *\"");
                let tags = form("\"tags\" *: *(null|\\[ *\\]|\\[ *\"[^]]*\" *\\])");
                format!("is {n} 200 && ! {{ {name} && {tags}; }}")
            }),
            "tag-list-link-is-next" => {
                let bad = self.any(&all, |n| format!("is {n} 200 && has_bad_link {n}"));
                let back = self.with_roles(&[roles::LIST]);
                either([bad, self.any(&back, |n| format!("is {n} 200 && paged {n} tags | leads_back"))])
            }
            "tag-list-is-in-order" => {
                let lists = [of_ask(Ask::TagsInOrder), self.with_roles(&[roles::LIST, roles::LIST_AFTER_UNKNOWN])];
                self.any_accepted(&lists.concat(), |n| {
                    format!("is {n} 200 && ! paged {n} tags | leads_back && ! is_sorted {n}")
                })
            }
            "tag-list-of-none-is-empty" => self.any_accepted(&of_ask(Ask::NoTags), |n| {
                format!("is {n} 200 && {{ [ \"$(count tags {n})\" -gt 0 ] || has {n} link; }}")
            }),
            "tag-list-of-a-missing-repository-answers-404" => {
                self.any(&self.with_roles(&[roles::LIST_OF_UNKNOWN]), |n| format!("settled {n} && ! is {n} 404"))
            }
            "tag-list-without-tags-is-an-array" => {
                let lists = [of_ask(Ask::NoTags), self.with_roles(&[roles::LIST_OF_UNTAGGED])].concat();
                self.any(&lists, |n| format!("is {n} 200 && holds {n} {}", quoted("\"tags\" *: *null")))
            }
            "tag-list-has-n-tags" => {
                let one = self.any_accepted(&of_ask(Ask::OneTag), |n| {
                    let none = format!("[ \"$(count tags {n})\" = 0 ] && ! has {n} link");
                    format!("is {n} 200 && {{ [ \"$(count tags {n})\" -gt 1 ] || {{ {none}; }}; }}")
                });
                either([one, self.each_list(&[roles::LIST], |list| self.has_other_number(list))])
            }
            "tag-list-names-the-repository" => {
                let after_unknown = self.with_roles(&[roles::LIST_AFTER_UNKNOWN]);
                either(required.iter().chain(&after_unknown).filter_map(|n| {
                    let repository = List { number: *n, path: &self.request(*n)?.path }.repository()?;
                    Some(self.any(&[*n], |n| format!("is {n} 200 && differ \"$(name {n})\" {repository}")))
                }))
            }
            _ => return self.of_tags(duty),
        })
    }

    /// Duties about the tags that the case pushed.
    fn of_tags(&self, duty: &str) -> Option<String> {
        let listed = [roles::LIST, roles::LIST_AFTER_DELETE];
        Some(match duty {
            "tag-list-holds-the-tag" => {
                let first = self.of(|probe| *probe == Probe::TagList);
                let first = self.any_accepted(&first, |n| {
                    format!("is {n} 200 && ! has {n} link && ! tags {n} | grep -Fxq -e \"$PUSHED\"")
                });
                let others = self.each_list(&listed, |list| {
                    let due = list.last().map(|last| format!(" | after {last}")).unwrap_or_default();
                    let (own, n) = (self.own_tags(list.number), list.number);
                    // The answer of the finding is that to which Link leads, or a list that is complete.
                    let ends = match self.record.status {
                        Some(404) => format!("leads_to {n} 404"),
                        _ => list.is_whole(),
                    };
                    Some(format!("{ends} && [ -n \"$({own}{due} | unlisted {n})\" ]"))
                });
                either([first, others])
            }
            "tag-list-begins-after-last" => self.each_list(&[roles::LIST], |list| {
                let (own, n, last) = (self.own_tags(list.number), list.number, list.last()?);
                let is_own = format!("{own} | grep -Fxq -e {last}");
                Some(format!("{is_own} && [ -n \"$({own} | up_to {last} | relisted {n})\" ]"))
            }),
            "tag-list-pages-repeat-nothing" => {
                self.each_list(&[roles::LIST], |list| Some(format!("paged {} tags | repeats_later", list.number)))
            }
            "tag-list-lacks-deleted-tags" => self.each_list(&[roles::LIST_AFTER_DELETE], |list| {
                let deleted = self.with_roles(&[roles::DELETE]).into_iter().filter(|at| *at < list.number);
                let each = deleted.filter_map(|at| {
                    let tag = self.tag(at)?;
                    Some(format!("{{ ok {at} && tags {} | grep -Fxq -e {tag}; }}", list.number))
                });
                let each = each.collect::<Vec<_>>().join(" || ");
                (!each.is_empty()).then(|| format!("{{ {each}; }}"))
            }),
            _ => return None,
        })
    }

    /// A condition over each list with one of these roles that was answered with 200.
    fn each_list(&self, roles: &[Role], condition: impl Fn(&List<'_>) -> Option<String>) -> String {
        either(self.with_roles(roles).into_iter().filter_map(|number| {
            let list = List { number, path: &self.request(number)?.path };
            let condition = condition(&list)?;
            Some(self.any_accepted(&[number], |n| format!("is {n} 200 && {condition}")))
        }))
    }

    /// A page with more tags than were asked for, or a first one with fewer that ends the list.
    fn has_other_number(&self, list: &List<'_>) -> Option<String> {
        let (number, n) = (list.number, list.n()?);
        let many = format!("has_too_many {number} {n}");
        if list.last().is_some() {
            return Some(many);
        }
        let enough = format!("[ \"$({} | grep -c .)\" -ge {n} ]", self.own_tags(number));
        let few = format!("! has {number} link && [ \"$(count tags {number})\" -lt {n} ] && {enough}");
        Some(format!("{{ {many} || {{ {few}; }}; }}"))
    }

    /// Prints the tags that the case pushed before this request and did not delete.
    fn own_tags(&self, before: usize) -> String {
        let put = tested(self.planned);
        let is_by_tag = !matches!(self.exchange.tested.reference, Reference::Text(_));
        let mut each: Vec<String> = is_by_tag.then(|| format!("ok {put} && echo \"$PUSHED\"; ")).into_iter().collect();
        let earlier = |roles: &[Role]| self.with_roles(roles).into_iter().filter(move |at| *at < before);
        for pushed in earlier(&[roles::PUSH]) {
            let Some(tag) = self.tag(pushed) else { continue };
            let deleted = earlier(&[roles::DELETE]).filter(|at| self.tag(*at).as_ref() == Some(&tag));
            let kept: String = deleted.map(|at| format!(" && ! ok {at}")).collect();
            each.push(format!("ok {pushed}{kept} && echo {tag}; "));
        }
        format!("{{ {}}}", if each.is_empty() { ":; ".to_owned() } else { each.concat() })
    }

    /// The tag in the path of a request, as a word of the shell.
    fn tag(&self, number: usize) -> Option<String> {
        self.request(number)?.path.rsplit('/').next().map(path)
    }
}
