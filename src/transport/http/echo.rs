//! Hides credentials that a server repeats in its answer: answers end up in findings and traces.

use ::http::HeaderValue;
use bytes::Bytes;

use crate::exchange::{Answer, Reply};
use crate::transport::Owed;

/// Replaces a secret.
const MARK: &[u8] = b"***";
/// Shorter secrets are not looked for, because they occur by chance.
const SHORTEST: usize = 8;
/// The same in the body of a success, which is compared with what was pushed.
const SHORTEST_IN_CONTENT: usize = 12;

/// Replaces `secrets` in an answer, except in a body that is the expected one.
pub(super) fn hide(secrets: &[&str], reply: &mut Reply, owed: &Owed) {
    let answer = match reply {
        Reply::Answer(answer) => answer,
        Reply::NotFollowed(not) => {
            if let Some(shown) = replaced(secrets, SHORTEST, not.to.as_bytes()) {
                not.to = String::from_utf8_lossy(&shown).into_owned();
            }
            &mut not.answer
        }
        Reply::Dropped(_) | Reply::Hang => return,
    };
    in_headers(secrets, answer);
    let shortest = if answer.status >= 400 { SHORTEST } else { SHORTEST_IN_CONTENT };
    let is_expected = matches!(owed, Owed::Bytes(owed) if owed.as_ptr() == answer.body.as_ptr());
    if let Some(body) = replaced(secrets, shortest, &answer.body).filter(|_| !is_expected) {
        answer.body = Bytes::from(body);
    }
}

fn in_headers(secrets: &[&str], answer: &mut Answer) {
    for value in answer.headers.values_mut() {
        let shown =
            replaced(secrets, SHORTEST, value.as_bytes()).and_then(|shown| HeaderValue::from_bytes(&shown).ok());
        if let Some(shown) = shown {
            *value = shown;
        }
    }
}

/// The text without the secrets; `None` if it has none of them.
fn replaced(secrets: &[&str], shortest: usize, text: &[u8]) -> Option<Vec<u8>> {
    let mut shown: Option<Vec<u8>> = None;
    for secret in secrets.iter().map(|secret| secret.as_bytes()).filter(|secret| secret.len() >= shortest) {
        shown = without(secret, shown.as_deref().unwrap_or(text)).or(shown);
    }
    shown
}

/// In one pass, because a server may repeat a secret without end.
fn without(secret: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let position =
        |text: &[u8]| text.windows(secret.len()).position(|window| window[0] == secret[0] && window == secret);
    let (mut rest, mut shown) = (text, Vec::new());
    while let Some(at) = position(rest) {
        shown.extend_from_slice(&rest[..at]);
        shown.extend_from_slice(MARK);
        rest = &rest[at + secret.len()..];
    }
    shown.extend_from_slice(rest);
    (rest.len() < text.len()).then_some(shown)
}

#[cfg(test)]
mod tests {
    use ::http::HeaderMap;

    use super::*;

    fn hidden(status: u16, body: &str) -> (String, String) {
        let mut headers = HeaderMap::new();
        headers.insert("x-echo", HeaderValue::from_str(body).expect("a value"));
        let mut reply =
            Reply::Answer(Answer { status, headers, body: body.to_owned().into(), cut: false, is_redirected: false });
        hide(&["token-of-the-run", "a password", "short"], &mut reply, &Owed::Nothing);
        let answer = reply.answer().expect("an answer");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&answer.body), text(answer.headers["x-echo"].as_bytes()))
    }

    #[test]
    fn credentials_that_a_server_repeats_are_hidden() {
        let all = "Bearer token-of-the-run, a password, short, token-of-the-run";
        let none = "Bearer ***, ***, short, ***".to_owned();
        assert_eq!(hidden(401, all), (none.clone(), none.clone()));
        assert_eq!(hidden(200, all), ("Bearer ***, a password, short, ***".to_owned(), none));
    }
}
