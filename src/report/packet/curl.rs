//! A request as a line for curl, which sends exactly what a case sends.

use super::shell::quoted;

/// Sends a request with a body, and shows the whole answer. `body` is a word of the shell: `@FILE`, or `@-` for the standard input.
pub(in crate::report) fn curl_line<'h>(
    method: &str,
    url: &str,
    given: impl Iterator<Item = (&'h str, &'h str)> + Clone,
    body: &str,
) -> String {
    let mut line = format!(
        "curl -sS -i -X {} --path-as-is --globoff --http1.1 --data-binary {body} {}",
        quoted(method),
        quoted(url)
    );
    for header in headers(given, true) {
        line.push_str(" \\\n  -H ");
        line.push_str(&quoted(&header));
    }
    line
}

/// The headers for curl, which adds some that are not asked for. It computes the length.
pub(super) fn headers<'h>(given: impl Iterator<Item = (&'h str, &'h str)> + Clone, has_body: bool) -> Vec<String> {
    let is_length = |name: &str| name.eq_ignore_ascii_case("Content-Length");
    let line =
        |(name, value): (&str, &str)| if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
    let mut lines: Vec<String> = given.clone().filter(|(name, _)| !is_length(name)).map(line).collect();
    let unwanted: &[&str] = if has_body { &["Content-Type", "Accept", "Expect"] } else { &["Accept"] };
    let is_given = |name: &&&str| given.clone().any(|(own, _)| own.eq_ignore_ascii_case(name));
    lines.extend(unwanted.iter().filter(|name| !is_given(name)).map(|name| format!("{name}:")));
    lines
}

/// A path with its placeholders filled. `{tag:N}` is the tag, extended to N characters.
pub(in crate::report) fn filled(path: &str, repository: &str, tag: &str) -> String {
    /// No registry takes a longer tag.
    const LONGEST: usize = 4096;
    let path = path.replace("{repository}", repository).replace("{tag}", tag);
    let Some((before, rest)) = path.split_once("{tag:") else { return path };
    match rest.split_once('}').map(|(length, after)| (length.parse::<usize>(), after)) {
        Some((Ok(length), after)) if length <= LONGEST => {
            let missing = length.saturating_sub(tag.chars().count());
            format!("{before}{tag}{}{after}", "t".repeat(missing))
        }
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_sends_the_headers_of_the_case_and_no_others() {
        let given = [("Content-Length", "2"), ("Content-Type", "")];
        let line = curl_line("PUT", "http://h/v2/a/manifests/x y", given.into_iter(), "@-");
        let options = "--path-as-is --globoff --http1.1 --data-binary @-";
        assert_eq!(
            line,
            format!(
                "curl -sS -i -X PUT {options} 'http://h/v2/a/manifests/x y' \\\n  -H 'Content-Type;' \\\n  -H Accept: \\\n  -H Expect:"
            )
        );
        assert_eq!(headers(std::iter::empty(), true), ["Content-Type:", "Accept:", "Expect:"]);
        assert_eq!(headers([("accept", "a")].into_iter(), false), ["accept: a"]);
    }

    #[test]
    fn placeholders_are_filled() {
        assert_eq!(filled("/v2/{repository}/manifests/{tag}", "a/b", "t1"), "/v2/a/b/manifests/t1");
        assert_eq!(filled("/{tag:5}?x", "a", "tag"), "/tagtt?x");
        assert_eq!(filled("/{tag:$(x)}", "a", "tag"), "/{tag:$(x)}");
    }
}
