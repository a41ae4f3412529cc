//! The `Link` header (RFC 8288).

use super::observation::Answer;

/// The target of the `Link` that leads to the next page; if no link has that relation, of the first one, which clients that do not read
/// the relation follow. `None` without a link. The model judges the syntax of the header.
pub fn next_link(answer: &Answer) -> Option<String> {
    let lines = answer.headers.get_all(http::header::LINK).iter();
    let lines: Vec<String> = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect();
    let links: Vec<(&str, &str)> = lines.iter().flat_map(|line| links(line)).collect();
    let next = links.iter().find(|(_, parameters)| parameters.split(';').any(is_next));
    next.or_else(|| links.first()).map(|(target, _)| (*target).to_owned())
}

/// Whether a parameter of a link says that it leads to the next page.
pub fn is_next(parameter: &str) -> bool {
    let parameter = parameter.to_ascii_lowercase();
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let mut relations = value.trim().trim_matches('"').split(' ');
    name.trim() == "rel" && relations.any(|relation| relation == "next")
}

/// The links of a header line, each with its target and its parameters.
fn links(line: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = line.trim();
    while let Some((target, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        let end = end_of_parameters(after);
        found.push((target, &after[..end]));
        rest = after[end..].trim_start_matches([',', ' ', '\t']);
    }
    found
}

/// The position of the comma after the parameters of a link, outside quotes, or of the end.
fn end_of_parameters(text: &str) -> usize {
    let mut is_quoted = false;
    let is_end = |(_, character): &(usize, char)| {
        is_quoted ^= *character == '"';
        *character == ',' && !is_quoted
    };
    text.char_indices().find(is_end).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use http::header::LINK;

    use super::*;

    #[test]
    fn the_next_page_is_found_among_several_links() {
        for (lines, next) in [
            (&["</a>; rel=\"next\""][..], Some("/a")),
            (&["</a>; rel=\"first\", </b?x=1,2>; rel=\"next\""], Some("/b?x=1,2")),
            (&["</a>; rel=first", "</b>; title=\"a, b\"; REL=\"prev NEXT\""], Some("/b")),
            (&["</b>; rel=next, </a>; rel=first"], Some("/b")),
            (&["</a>; rel=\"prev\"", "</b>"], Some("/a")),
            (&["  </a>"], Some("/a")),
            (&["/a; rel=next"], None),
            (&[], None),
        ] {
            let headers = lines.iter().map(|line| (LINK, line.parse().unwrap())).collect();
            let answer = Answer { status: 200, headers, body: bytes::Bytes::new(), cut: false, redirected: false };
            assert_eq!(next_link(&answer).as_deref(), next, "{lines:?}");
        }
    }
}
