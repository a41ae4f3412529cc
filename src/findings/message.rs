//! Messages of servers without what differs from request to request.

/// The message without digests, numbers and quoted parts: words that contain a digit become `#`, and so do quotations.
pub fn without_details(message: &str) -> String {
    let mut rest = message;
    let mut plain = String::new();
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        // An apostrophe inside a word does not quote.
        let quotes = matches!(c, '"' | '`') || (c == '\'' && !before.is_alphanumeric());
        let quoted = if quotes { rest[1..].find(c).map(|end| end + 2) } else { None };
        let length = quoted.unwrap_or_else(|| {
            let word = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            if word == 0 { c.len_utf8() } else { word }
        });
        let (part, after) = rest.split_at(length);
        let is_detail = quoted.is_some() || part.contains(|c: char| c.is_ascii_digit());
        plain.push_str(if is_detail { "#" } else { part });
        before = part.chars().next_back().unwrap_or(' ');
        rest = after;
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_that_differ_in_digests_numbers_and_quotations_are_equal() {
        for (one, other) in [
            ("line 1 column 30: bad value", "line 20 column 4: bad value"),
            ("blob sha256:00aa11 unknown", "blob sha256:ff0099 unknown"),
            ("cannot decode \"a b\" into int", "cannot decode \"\" into int"),
            ("can't read 'x'", "can't read 'yz'"),
        ] {
            assert_eq!(without_details(one), without_details(other));
        }
    }

    #[test]
    fn messages_with_other_words_stay_apart() {
        for (one, other) in
            [("blob unknown", "manifest unknown"), ("can't read", "can't write"), ("\" open", "\" shut")]
        {
            assert_ne!(without_details(one), without_details(other));
        }
    }
}
