//! Reads the challenges of `WWW-Authenticate` headers (RFC 9110, section 11.6.1), as registries really send them.

use std::borrow::Cow;

use ::http::{HeaderMap, header};
use http_auth::ChallengeParser;

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::transport::http) enum Challenge {
    /// `Basic`
    Basic,
    /// `Bearer`, with a token service.
    Bearer(Bearer),
    /// Any other scheme.
    Other(String),
}

/// The parameters of a `Bearer` challenge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::transport::http) struct Bearer {
    /// The URL of the token service.
    pub realm: String,
    pub service: Option<String>,
    /// The scopes that the request needs, separated by blanks.
    pub scope: Option<String>,
    /// Why the token that was sent does not suffice, such as `insufficient_scope`.
    pub error: Option<String>,
}

/// All challenges of an answer, in order. What cannot be read is left out.
pub(in crate::transport::http) fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    let values = headers.get_all(header::WWW_AUTHENTICATE).iter();
    values.flat_map(|value| of_value(&String::from_utf8_lossy(value.as_bytes()))).collect()
}

fn of_value(value: &str) -> Vec<Challenge> {
    // The parser accepts ASCII only; a description may be in any language.
    let quoted = quoted(value).replace(|c: char| !c.is_ascii(), "?");
    // What precedes an error is kept.
    ChallengeParser::new(&quoted).map_while(Result::ok).map(|parsed| challenge(&parsed)).collect()
}

fn challenge(parsed: &http_auth::ChallengeRef<'_>) -> Challenge {
    let parameter = |name: &str| {
        let (_, value) = parsed.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.to_unescaped())
    };
    if parsed.scheme.eq_ignore_ascii_case("basic") {
        return Challenge::Basic;
    }
    match parameter("realm") {
        Some(realm) if parsed.scheme.eq_ignore_ascii_case("bearer") => Challenge::Bearer(Bearer {
            realm,
            service: parameter("service"),
            scope: parameter("scope").filter(|scope| !scope.trim().is_empty()),
            error: parameter("error"),
        }),
        _ => Challenge::Other(parsed.scheme.to_owned()),
    }
}

/// The value with unquoted parameters quoted: a realm is a URL, not a token, but some servers send it without quotation
/// marks. In an unquoted value, a comma separates parameters only if a name and `=`, or another scheme, follow; scopes have commas.
fn quoted(value: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(value.len() + 16);
    let mut rest = value;
    while let Some(at) = rest.find(['=', '"']) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        if after.starts_with('"') {
            let end = end_of_string(after);
            out.push_str(&after[..end]);
            rest = &after[end..];
            continue;
        }
        out.push('=');
        rest = after[1..].trim_start();
        // A token68, as in `Negotiate abc==`, and an empty value.
        let is_parameter = !before.is_empty() && !rest.starts_with(['"', '=', ',']) && !rest.is_empty();
        if is_parameter {
            let end = end_of_value(rest);
            let inner = rest[..end].trim_end();
            out.push_str(&format!("\"{}\"", inner.replace('\\', "\\\\").replace('"', "\\\"")));
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    if out == value { Cow::Borrowed(value) } else { Cow::Owned(out) }
}

/// The length of the quoted string at the start of the text.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of the unquoted value at the start of the text.
fn end_of_value(text: &str) -> usize {
    let mut from = 0;
    while let Some(comma) = text[from..].find(',') {
        let comma = from + comma;
        let next = text[comma + 1..].trim_start();
        let name =
            next.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' '))).unwrap_or(next.len());
        if name > 0 && next[name..].starts_with('=') {
            return comma;
        }
        from = comma + 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        let [service, scope] = [service, scope].map(|text| text.map(str::to_owned));
        Challenge::Bearer(Bearer { realm: realm.to_owned(), service, scope, error: None })
    }

    #[test]
    fn challenges_are_read_in_every_form_that_registries_send() {
        let both = bearer("https://a.invalid/token", Some("reg"), Some("repository:x/y:pull,push"));
        for value in [
            r#"Bearer realm="https://a.invalid/token",service="reg",scope="repository:x/y:pull,push""#,
            r#"bearer Realm="https://a.invalid/token" , SERVICE=reg, scope="repository:x/y:pull,push""#,
            "BEARER realm=https://a.invalid/token,service=reg,scope=repository:x/y:pull,push",
            r#"Bearer realm=https://a.invalid/token, scope=repository:x/y:pull,push, service="reg""#,
        ] {
            assert_eq!(of_value(value), vec![both.clone()], "{value}");
        }
        let one = bearer("https://a.invalid/t", None, None);
        assert_eq!(of_value(r#"Bearer realm="https://a.invalid/t",scope="""#), vec![one.clone()]);
        assert_eq!(
            of_value(r#"Basic realm="a, b", Bearer realm="https://a.invalid/t""#),
            [Challenge::Basic, one.clone()]
        );
        assert_eq!(of_value(r#"Bearer realm=https://a.invalid/t, Basic realm=x"#), [one.clone(), Challenge::Basic]);
        assert_eq!(of_value("Basic"), [Challenge::Basic]);
        for value in [
            r#"Bearer realm = "https://a.invalid/t""#,
            r#"Bearer realm="https://a.invalid/t","#,
            r#", Bearer realm="https://a.invalid/t",, x=y"#,
            r#"Bearer realm="https://a.invalid/t",error_description="accès refusé""#,
            r#"Bearer realm="https://\a.invalid/t",charset="\"a\", Basic""#,
        ] {
            assert_eq!(of_value(value), vec![one.clone()], "{value}");
        }
        assert_eq!(of_value(r#"Bearer realm="https://a.invalid/t", Basic realm"#), vec![one.clone()], "cut");
        assert_eq!(of_value("Negotiate"), [Challenge::Other("Negotiate".to_owned())]);
        let mut headers = HeaderMap::new();
        headers.append("www-authenticate", "Basic realm=x".parse().expect("a value"));
        headers.append("www-authenticate", "Bearer realm=\"https://a.invalid/t\"".parse().expect("a value"));
        assert_eq!(challenges(&headers), [Challenge::Basic, one]);
    }

    proptest! {
        #[test]
        fn no_header_makes_the_parser_panic(value in r#"([A-Za-z]{1,8}|[ ,="\\;:/é]|realm=|Bearer |Basic ){0,30}"#) {
            let _ = of_value(&value);
        }

        #[test]
        fn no_bytes_make_the_parser_panic(
            lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..4),
        ) {
            let mut headers = HeaderMap::new();
            for line in &lines {
                if let Ok(value) = ::http::HeaderValue::from_bytes(line) {
                    headers.append(header::WWW_AUTHENTICATE, value);
                }
            }
            prop_assert!(challenges(&headers).len() <= lines.concat().len());
        }

        #[test]
        fn a_challenge_is_found_between_others(
            before in "(Negotiate|Basic realm=\"[ -!#-\\[\\]-~]{0,9}\"|Digest a=b, c=\"d, e=f\")",
            after in "(, (Basic realm=x|NTLM|x=y))?",
        ) {
            let found = of_value(&format!("{before}, Bearer realm=\"https://a.invalid/t\"{after}"));
            let one = bearer("https://a.invalid/t", None, None);
            prop_assert!(found.contains(&one), "{:?}", found);
        }

        #[test]
        fn parameters_survive_with_and_without_quotation_marks(service in "[a-z.]{1,20}", path in "[a-z/]{0,20}") {
            let realm = format!("https://a.invalid/{path}");
            let expected = [bearer(&realm, Some(&service), None)];
            prop_assert_eq!(&of_value(&format!("Bearer realm=\"{realm}\",service=\"{service}\""))[..], &expected);
            prop_assert_eq!(&of_value(&format!("Bearer service={service},realm={realm}"))[..], &expected);
        }
    }
}
