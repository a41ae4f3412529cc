//! Removes passwords and tokens in URLs from text that is shown or written.
//!
//! Works on any text, because malformed URLs end up in error messages too. When in doubt, it redacts.

/// Replaces a secret.
const MARK: &str = "***";

/// Substrings of names of secret parameters, in lower case.
const PARTS: [&str; 11] =
    ["token", "signature", "secret", "passw", "pwd", "credential", "auth", "apikey", "api_key", "api-key", "jwt"];
/// Full names of secret parameters.
const NAMES: [&str; 6] = ["sig", "key", "code", "sas", "policy", "awsaccesskeyid"];

/// Headers whose values are secret, or may be.
const HEADERS: [&str; 8] = [
    "authorization",
    "proxy-authorization",
    "proxy-authenticate",
    "cookie",
    "set-cookie",
    "x-amz-security-token",
    "x-registry-auth",
    "authentication-info",
];

/// Whether the values of a header are secret, or may be.
pub fn is_secret_header(name: &str) -> bool {
    HEADERS.iter().any(|secret| secret.eq_ignore_ascii_case(name))
}

/// Replaces the user information and the values of secret parameters in all URLs of the text.
pub fn redacted(text: &str) -> String {
    // A password may contain white space: if the text starts with a URL, treat all of it as that URL.
    let is_address = scheme(text.trim_start()) > 0;
    let text = match user_information(text).filter(|_| is_address) {
        Some(end) => hidden(text, end),
        None => by_words(text, |word| user_information(word).map_or_else(|| word.to_owned(), |end| hidden(word, end))),
    };
    parameters(&text)
}

/// Applies `change` to each run of characters without white space or quotation marks.
fn by_words(text: &str, change: impl Fn(&str) -> String) -> String {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_between).unwrap_or(rest.len());
        out.push_str(&change(&rest[..end]));
        let next = rest[end..].find(|c| !is_between(c)).map_or(rest.len(), |n| end + n);
        out.push_str(&rest[end..next]);
        rest = &rest[next..];
    }
    out
}

/// The length of the scheme and colon at the start of the text; 0 if absent.
fn scheme(text: &str) -> usize {
    let is_scheme = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    };
    match text.split_once(':') {
        // `user:password@host` has no scheme.
        Some((name, rest)) if is_scheme(name) && rest.starts_with(['/', '\\']) => name.len() + 1,
        Some(("http" | "https" | "HTTP" | "HTTPS", _)) => text.find(':').map_or(0, |colon| colon + 1),
        _ => 0,
    }
}

/// The end of the user information: the last `@` that is not followed by a digest.
fn user_information(text: &str) -> Option<usize> {
    let is_digest = |after: &str| {
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || "+._-".contains(c))).unwrap_or(after.len());
        let digits = after[end..].strip_prefix(':').unwrap_or_default();
        digits.bytes().take_while(u8::is_ascii_hexdigit).count() >= 16
    };
    text.match_indices('@').map(|(at, _)| at).rfind(|at| !is_digest(&text[at + 1..]))
}

/// Replaces everything between the scheme and `end`.
fn hidden(text: &str, end: usize) -> String {
    let indent = text.len() - text.trim_start().len();
    let start = text[..end].find("://").map_or_else(|| indent + scheme(&text[indent..]), |at| at + 3).min(end);
    let start = end - text[start..end].trim_start_matches(['/', '\\']).len();
    format!("{}{MARK}{}", &text[..start], &text[end..])
}

/// Replaces the values of secret parameters.
fn parameters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(equals) = rest.find('=') {
        let name_at =
            rest[..equals].rfind(|c: char| "?&;#,({".contains(c) || c.is_whitespace() || "\"'`<>".contains(c));
        let name = &rest[name_at.map_or(0, |at| at + rest[at..].chars().next().map_or(1, char::len_utf8))..equals];
        out.push_str(&rest[..=equals]);
        rest = &rest[equals + 1..];
        if is_secret(name) {
            let end = rest.find(|c: char| "&#\"'`<>".contains(c) || c.is_whitespace()).unwrap_or(rest.len());
            if end > 0 {
                out.push_str(MARK);
            }
            rest = &rest[end..];
        }
    }
    out + rest
}

fn is_secret(name: &str) -> bool {
    let name = decoded(name).to_ascii_lowercase();
    NAMES.contains(&&*name) || PARTS.iter().any(|part| name.contains(part))
}

/// Percent-decodes the name of a parameter.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |b: &u8| char::from(*b).to_digit(16).and_then(|d| u8::try_from(d).ok()).unwrap_or(0);
                bytes.push(digit(high) << 4 | digit(low));
                tail
            }
            [byte, tail @ ..] => {
                bytes.push(*byte);
                tail
            }
            [] => return String::from_utf8_lossy(&bytes).into_owned(),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown_whatever_form_its_url_has() {
        for text in [
            "http://user:hunter2@host/x",
            "https://hunter2@host",
            "http:/user:hunter2@host/x",
            "http:user:hunter2@host/x",
            "http:\\\\user:hunter2@host/x",
            "HTTPS://user:hunter2@host",
            "//user:hunter2@host/x",
            "user:hunter2@host/x",
            "hunter2@host",
            "ftp://user:hunter2@host/x",
            "oci+ssh://user:hunter2@host/x",
            "http://user:a/hunter2@host/x",
            "http://user:a@hunter2@host/x",
            "http://user:a#hunter2@host/x",
            "http://user:hunter2 b@host/x",
            "http://user:b hunter2@host/x",
            " http://user:hunter2@host/x",
            "embedded:user:hunter2@host",
            "the target `http://user:hunter2@host/x`: it holds credentials",
            "GET https://user:hunter2@host/x on host: refused",
            "proxy=http://user:hunter2@host/x",
        ] {
            let shown = redacted(text);
            assert!(!shown.contains("hunter2") && shown.contains("@host"), "{text}: {shown}");
        }
    }

    #[test]
    fn no_token_is_shown() {
        for name in [
            "token",
            "access_token",
            "sig",
            "X-Amz-Signature",
            "X-Amz-Credential",
            "X-Amz-Security-Token",
            "x-goog-signature",
            "Signature",
            "AWSAccessKeyId",
            "password",
            "client_secret",
            "api_key",
            "%74oken",
            "refreshToken",
            "key",
        ] {
            for text in [
                format!("https://host/blob?{name}=hunter2"),
                format!("https://host/blob?a=b&{name}=hunter2&c=d"),
                format!("http:/host/blob?{name}=hunter2#x"),
                format!("Location is </blob?a=b;{name}=hunter2>; rel=next"),
                format!("https://host/cb#{name}=hunter2"),
                format!("{name}=hunter2"),
            ] {
                let shown = redacted(&text);
                assert!(!shown.contains("hunter2") && shown.contains(name), "{text}: {shown}");
            }
        }
        assert_eq!(redacted("/b?a=b&sig=x&c=d"), "/b?a=b&sig=***&c=d");
    }

    #[test]
    fn other_text_is_unchanged() {
        for text in [
            "",
            "http://127.0.0.1:5000/a/b",
            "host/repo@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "/v2/a/blobs/uploads/1?digest=sha256:ab&n=1",
            "layers=empty;subject=present",
            "kind=index;manifests.0.platform=absent",
            "größe = 1 @ 2",
        ] {
            let shown = redacted(text);
            assert!(shown == text || text.contains("größe"), "{text}: {shown}");
        }
    }
}
