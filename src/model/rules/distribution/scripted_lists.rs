//! Lists that scripts request, page by page. What the pages hold is for the rules on tags and on referrers.

use crate::exchange::{Address, Answer, Role, ScriptedRequest, is_next};
use crate::model::policy::answered::{Answered, ScriptedAnswer};

/// The pages of one list that were answered with 200 and arrived whole, from the first on.
pub(in crate::model) struct Pages<'a> {
    /// The index of the request in the script.
    pub at: usize,
    pub request: &'a ScriptedRequest,
    /// At least one.
    pub answers: Vec<&'a Answer>,
}

impl Pages<'_> {
    /// Whether no page follows the last.
    pub(in crate::model) fn are_all(&self) -> bool {
        self.answers.last().is_some_and(|last| last.header("link").is_none())
    }
}

/// The lists that the requests with this role returned.
pub(in crate::model) fn pages_of<'a>(answered: &'a Answered<'_, '_>, role: Role) -> Vec<Pages<'a>> {
    let mut lists: Vec<Pages<'a>> = Vec::new();
    let is_page = |one: &ScriptedAnswer<'_>| one.answer.status == 200 && !one.answer.cut;
    for ScriptedAnswer { at, page, request, answer } in answered.scripted(role).filter(is_page) {
        match lists.last_mut() {
            Some(list) if list.at == at && list.answers.len() == page => list.answers.push(answer),
            _ if page == 0 => lists.push(Pages { at, request, answers: vec![answer] }),
            _ => {}
        }
    }
    lists
}

/// The path of a request, with its query.
pub(in crate::model) fn path_of(request: &ScriptedRequest) -> &str {
    match &request.address {
        Address::Path(path) => path,
        Address::Location { .. } => "",
    }
}

/// The value of a parameter in the query of a path or URL, as it is written there.
pub(in crate::model) fn parameter<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    let (_, query) = path.split_once('?')?;
    query.split('&').find_map(|pair| pair.split_once('=').filter(|(own, _)| *own == name)).map(|(_, value)| value)
}

/// A message if there are `Link` headers and none of them links to the next page.
pub(in crate::model) fn wrong_link(answer: &Answer) -> Option<String> {
    let is_valid = |link: &str| {
        let target = link.trim().strip_prefix('<').and_then(|rest| rest.split_once('>'));
        target.is_some_and(|(_, parameters)| parameters.split([';', ',']).any(is_next))
    };
    let links = answer.headers.get_all("link").iter().map(|link| String::from_utf8_lossy(link.as_bytes()));
    let links: Vec<_> = links.collect();
    let first = links.first()?;
    (!links.iter().any(|link| is_valid(link))).then(|| format!("Link is `{first}`, not <URL>; rel=\"next\""))
}

/// The first page that is not empty and holds only what the pages before hold: the `Link` before it leads back.
pub(in crate::model) fn page_that_leads_back<T: PartialEq>(pages: &[Vec<T>]) -> Option<usize> {
    (1..pages.len()).find(|&at| {
        let is_known = |element: &T| pages[..at].iter().flatten().any(|before| before == element);
        !pages[at].is_empty() && pages[at].iter().all(is_known)
    })
}

/// The first page with an element that a page before holds too, or that it holds twice; with that element.
pub(in crate::model) fn repeated<T: PartialEq>(pages: &[Vec<T>]) -> Option<(usize, &T)> {
    let all = || pages.iter().enumerate().flat_map(|(page, elements)| elements.iter().map(move |one| (page, one)));
    all().enumerate().find_map(|(i, (page, one))| all().take(i).any(|(_, before)| before == one).then_some((page, one)))
}
