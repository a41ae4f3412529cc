//! What a shell can check of a finding about a referrers list: a condition for each duty, over lists with all of their pages.

use super::check::{Numbered, tested};
use super::listed::{Referrer, subject_in, subject_of};
use super::shell::{either, quoted};
use crate::exchange::roles::{referrers as roles, tags as tag_roles};
use crate::exchange::{Ask, IMAGE_INDEX, Probe, Role};

const SCRIPTED: &[Role] = &[roles::LIST, roles::LIST_FILTERED, roles::LIST_AFTER_DELETE];

/// A list that is not filtered, and what it must hold.
struct List {
    number: usize,
    expected: Vec<Referrer>,
}

impl Numbered<'_> {
    /// A condition for a duty of referrers lists.
    pub(super) fn of_referrers(&self, duty: &str) -> Option<String> {
        let is_list = |probe: &Probe| match probe {
            Probe::Referrers | Probe::Ask(Ask::ReferrersOfUnknown | Ask::ReferrersFiltered) => true,
            Probe::Scripted { role, .. } => SCRIPTED.contains(role),
            _ => false,
        };
        let lists = self.of(is_list);
        let unknown_algorithm = self.with_roles(&[roles::LIST_OF_UNKNOWN_ALGORITHM]);
        let all = [&lists[..], &unknown_algorithm].concat();
        let of_ask = |ask| self.of(|probe| *probe == Probe::Ask(ask));
        Some(match duty {
            "referrers-answer-200" => self.any(&lists, |n| format!("answered {n} && ! is {n} 200 404 && ! failed {n}")),
            "referrers-never-answer-404" => self.any(&all, |n| format!("is {n} 404")),
            "referrers-are-an-index" => self.any(&all, |n| {
                let header = format!("$(first {n} content-type | sed 's/ *;.*//')");
                format!("is {n} 200 && [ \"{header}\" != {IMAGE_INDEX} ]")
            }),
            "referrers-of-a-malformed-digest-answer-400" => {
                self.any(&of_ask(Ask::ReferrersOfMalformed), |n| format!("settled {n} && ! is {n} 400"))
            }
            "referrers-of-an-unknown-algorithm-are-a-list" => {
                self.any(&unknown_algorithm, |n| format!("settled {n} && ! is {n} 200 404"))
            }
            "referrers-have-the-form" => self.any(&all, |n| {
                let form = |text: &str| format!("holds {n} {}", quoted(text));
                let (version, manifests) = (form("\"schemaVersion\" *: *2"), form("\"manifests\" *: *\\["));
                let named = format!("flat {n} | shallow | value mediaType | grep -Fv '\\'");
                let other = format!("differ \"$({named})\" '\"{IMAGE_INDEX}\"'");
                format!("is {n} 200 && {{ ! {{ {version} && {manifests}; }} || {other}; }}")
            }),
            "referrers-list-says-its-media-type" => {
                let own: Vec<usize> = self.referrers_lists().iter().map(|list| list.number).collect();
                self.any(&own, |n| format!("is {n} 200 && is_untyped {n}"))
            }
            "referrers-of-nobody-are-an-empty-list" => {
                let unreferenced = [of_ask(Ask::ReferrersOfUnknown), unknown_algorithm].concat();
                self.any(&unreferenced, |n| format!("is {n} 200 && [ \"$(count elements {n})\" -gt 0 ]"))
            }
            "referrers-link-is-next" => {
                let bad = self.any(&all, |n| format!("is {n} 200 && has_bad_link {n}"));
                let back = self.with_roles(&[roles::LIST, roles::LIST_AFTER_DELETE]);
                either([bad, self.any(&back, |n| format!("is {n} 200 && paged {n} digests | leads_back"))])
            }
            "referrers-tag-returns-the-referrers" => either(self.with_roles(&[roles::GET_TAG]).into_iter().map(|n| {
                let pushes = self.with_roles(&[roles::PUSH]).into_iter();
                let subjects = pushes.filter_map(|at| subject_in(self.request(at)?.body.as_ref()?));
                let lost = subjects.flat_map(|subject| self.pushed_before(n, &subject)).map(|one| {
                    format!("{{ {} && is {n} 200 && [ -z \"$(listed {n} {})\" ]; }}", one.guard, quoted(&one.digest))
                });
                either([format!("{{ settled {n} && ! is {n} 200; }}")].into_iter().chain(lost))
            })),
            "referrers-tag-is-listed" => {
                let tags = self.with_roles(&[roles::PUSH_TAG]).into_iter();
                let tags = tags.filter_map(|at| Some((at, quoted(subject_of(self.request(at)?)))));
                let lists = self.with_roles(&[tag_roles::LIST]);
                either(tags.flat_map(|(at, tag)| {
                    lists.iter().map(move |n| {
                        let unlisted = format!("! all_tags {n} | grep -Fxq -e {tag}");
                        format!("{{ ok {at} && is {n} 200 && is_whole {n} && {unlisted}; }}")
                    })
                }))
            }
            _ => return self.of_entries(duty).or_else(|| self.of_filters(duty)),
        })
    }

    /// Duties about the entries of lists.
    fn of_entries(&self, duty: &str) -> Option<String> {
        Some(match duty {
            "referrers-hold-the-manifest" => self.each_entry(|list, one| self.lacks(list, one, one.is_image)),
            "referrers-hold-the-index" => self.each_entry(|list, one| self.lacks(list, one, one.is_index)),
            "referrers-name-the-artifact-type" => self.each_entry(|list, one| one.has_other_artifact_type(list.number)),
            "referrers-copy-the-annotations" => self.each_entry(|list, one| one.lacks_annotations(list.number)),
            "referrers-describe-the-manifest" => self.each_entry(|list, one| Some(one.is_misdescribed(list.number))),
            "referrers-are-listed-once" => {
                let own: Vec<usize> = self.referrers_lists().iter().map(|list| list.number).collect();
                self.any(&own, |n| format!("is {n} 200 && paged {n} digests | repeats"))
            }
            "referrers-refer-to-the-subject" => {
                either(self.with_roles(&[roles::LIST, roles::LIST_AFTER_DELETE]).into_iter().filter_map(|n| {
                    let subject = subject_of(self.request(n)?);
                    let pushed = self.pushed_before(self.planned.all().count() + 1, subject);
                    let known: String = pushed.iter().map(|one| format!(" {}", quoted(&one.digest))).collect();
                    let foreign = format!("is_foreign {n} {}{known}", quoted(subject));
                    Some(self.any(&[n], |n| format!("is {n} 200 && {foreign}")))
                }))
            }
            "referrers-lack-deleted-manifests" => {
                let lists = self.with_roles(&[roles::LIST_AFTER_DELETE]);
                let deleted = self.with_roles(&[roles::DELETE]);
                let pairs = lists.iter().flat_map(|n| deleted.iter().filter(move |at| *at < n).map(move |at| (n, at)));
                either(pairs.filter_map(|(n, at)| {
                    let digest = quoted(subject_of(self.request(*at)?));
                    Some(format!("{{ ok {at} && is {n} 200 && [ -n \"$(listed {n} {digest})\" ]; }}"))
                }))
            }
            _ => return None,
        })
    }

    /// Duties of filtered lists.
    fn of_filters(&self, duty: &str) -> Option<String> {
        let of_filter: fn(usize) -> String = match duty {
            "referrers-filter-is-named" => |n| format!("! names_filter {n}"),
            "referrers-filter-is-applied" => |n| format!("names_filter {n}"),
            "referrers-can-be-filtered" => |n| format!("! names_filter {n}"),
            "referrers-filter-keeps-the-type" => |n| format!("is_whole {n}"),
            _ => return None,
        };
        let digest = quoted(self.exchange.tested.digest());
        let full = self.of(|probe| *probe == Probe::Referrers);
        let absent = self.of(|probe| *probe == Probe::Ask(Ask::ReferrersFiltered));
        let count = if duty == "referrers-filter-is-named" { "= 0" } else { "-gt 0" };
        let of_absent =
            full.iter().zip(&absent).filter(|_| duty != "referrers-filter-keeps-the-type").map(|(all, n)| {
                let counted = format!("[ \"$(count elements {n})\" {count} ]");
                format!("{{ [ -n \"$(listed {all} {digest})\" ] && is {n} 200 && {counted} && {}; }}", of_filter(*n))
            });
        let of_present = self.with_roles(&[roles::LIST_FILTERED]).into_iter().filter_map(|n| {
            let (_, wanted) = self.request(n)?.path.split_once("artifactType=")?;
            let wanted = wanted.replace("%2B", "+");
            let lists = self.referrers_lists();
            let all = lists.iter().find(|list| list.number < n && self.is_scripted(list.number))?;
            let (same, others): (Vec<_>, Vec<_>) =
                all.expected.iter().partition(|one| one.artifact_type.as_ref() == Some(&wanted));
            let any = |referrers: &[&Referrer], rest: &dyn Fn(&str) -> String| {
                let each = referrers.iter().map(|one| {
                    let digest = quoted(&one.digest);
                    let held = format!("{} && [ -n \"$(listed {} {digest})\" ]", one.guard, all.number);
                    format!("{{ {held}{}; }}", rest(&digest))
                });
                let each: Vec<String> = each.collect();
                if each.is_empty() { "false".to_owned() } else { format!("{{ {}; }}", each.join(" || ")) }
            };
            let there = any(&others, &|_| String::new());
            let passed = any(&others, &|digest| format!(" && [ -n \"$(listed {n} {digest})\" ]"));
            let images: Vec<&Referrer> = same.into_iter().filter(|one| one.is_image).collect();
            let lost = any(&images, &|digest| format!(" && [ -z \"$(listed {n} {digest})\" ]"));
            let shown = match duty {
                "referrers-filter-is-named" => format!("{there} && ! {passed}"),
                "referrers-filter-keeps-the-type" => format!("{there} && {lost}"),
                _ => passed,
            };
            Some(format!("{{ is {} 200 && is {n} 200 && {} && {shown}; }}", all.number, of_filter(n)))
        });
        Some(either(of_absent.chain(of_present)))
    }

    fn is_scripted(&self, number: usize) -> bool {
        self.request(number).is_some_and(|one| matches!(one.probe, Some(Probe::Scripted { .. })))
    }

    /// A list that is whole and lacks a referrer, if the duty is about those of its kind.
    fn lacks(&self, list: &List, one: &Referrer, is_concerned: bool) -> Option<String> {
        let (n, digest) = (list.number, quoted(&one.digest));
        // What the tested document is can be open; the list must hold it in any case.
        let is_concerned = is_concerned || !self.is_scripted(n);
        is_concerned.then(|| format!("is_whole {n} && [ -z \"$(listed {n} {digest})\" ]"))
    }

    /// A condition over each entry that a list should have.
    fn each_entry(&self, condition: impl Fn(&List, &Referrer) -> Option<String>) -> String {
        let lists = self.referrers_lists();
        let pairs = lists.iter().flat_map(|list| list.expected.iter().map(move |one| (list, one)));
        either(pairs.filter_map(|(list, one)| {
            let condition = condition(list, one)?;
            Some(format!("{{ {} && is {} 200 && {condition}; }}", one.guard, list.number))
        }))
    }

    /// The lists that are not filtered.
    fn referrers_lists(&self) -> Vec<List> {
        let own = self.of(|probe| *probe == Probe::Referrers).into_iter();
        let put = tested(self.planned);
        let own = own.map(|number| List { number, expected: vec![Referrer::tested(self.exchange, put)] });
        let scripted = self.with_roles(&[roles::LIST, roles::LIST_AFTER_DELETE]).into_iter().filter_map(|number| {
            let expected = self.pushed_before(number, subject_of(self.request(number)?));
            Some(List { number, expected })
        });
        own.chain(scripted).collect()
    }

    /// The referrers of a subject that the case pushes before this request, and does not delete.
    fn pushed_before(&self, before: usize, subject: &str) -> Vec<Referrer> {
        let pushed = self.with_roles(&[roles::PUSH]).into_iter().filter(|at| *at < before);
        let mut referrers = Vec::new();
        for at in pushed {
            let Some(request) = self.request(at) else { continue };
            let Some(body) = request.body.as_ref().filter(|body| subject_in(body).as_deref() == Some(subject)) else {
                continue;
            };
            let digest = subject_of(request);
            let deleted = self.with_roles(&[roles::DELETE]).into_iter().filter(|at| *at < before);
            let deleted = deleted.filter(|at| self.request(*at).is_some_and(|one| subject_of(one) == digest));
            let kept: String = deleted.map(|at| format!(" && ! ok {at}")).collect();
            referrers.extend(Referrer::pushed(request, body, format!("ok {at}{kept}")));
        }
        referrers
    }
}
