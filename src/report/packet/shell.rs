//! Text as words of a POSIX shell, and conditions.

/// The text as one word.
pub(crate) fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:+@%".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) { text.to_owned() } else { single(text) }
}

fn single(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A condition that holds if one of these does; those over no request are empty.
pub(super) fn either(conditions: impl IntoIterator<Item = String>) -> String {
    let there: Vec<String> = conditions.into_iter().filter(|one| !one.is_empty()).collect();
    there.join(" ||\n    ")
}

/// A path with placeholders, as one word.
pub(super) fn path(text: &str) -> String {
    let mut word = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        let value = match name.split_once(':') {
            None if name == "repository" => "\"$REPOSITORY\"".to_owned(),
            None if name == "tag" => "\"$TAG\"".to_owned(),
            Some(("tag", length)) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("\"$(tag_of {length})\"")
            }
            _ => break,
        };
        if !before.is_empty() {
            word.push_str(&quoted(before));
        }
        word.push_str(&value);
        rest = after;
    }
    if !rest.is_empty() || word.is_empty() {
        word.push_str(&quoted(rest));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them_otherwise() {
        assert_eq!(quoted("a/b:1.0"), "a/b:1.0");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(path("/v2/{repository}/manifests/{tag:128}-e"), r#"/v2/"$REPOSITORY"/manifests/"$(tag_of 128)"-e"#);
        assert_eq!(path("/v2/{x"), "'/v2/{x'");
        assert_eq!(path("/v2/{tag:$(x)}"), "'/v2/{tag:$(x)}'");
    }
}
