//! Resolves `Location` and `Link` references against the request's URI (RFC 3986, section 5).
//!
//! Does not decide whether the result may be contacted.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use fluent_uri::{Uri, UriRef};

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Whether it is reached over TLS.
    pub is_tls: bool,
    /// The host in lower case; an IPv6 address in brackets.
    pub host: String,
    /// The port; the scheme's default if none is given.
    pub port: u16,
}

impl Origin {
    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.is_tls { "https" } else { "http" }
    }

    /// `host`, or `host:port` if the port is not the scheme's default.
    pub fn authority(&self) -> String {
        match (self.is_tls, self.port) {
            (true, 443) | (false, 80) => self.host.clone(),
            (_, port) => format!("{}:{port}", self.host),
        }
    }

    /// Whether the host is loopback: localhost, 127.0.0.0/8 or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }

    /// Whether `name` (`HOST` or `HOST:PORT`) matches. Without a port it matches only the scheme's default port.
    pub fn is_named_by(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        name == self.authority() || name == format!("{}:{}", self.host, self.port)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}://{}", self.scheme(), self.authority())
    }
}

/// A URL to request: an origin and a request target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Scheme, host and port.
    pub origin: Origin,
    /// Path and query.
    pub target: String,
}

impl fmt::Display for Url {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{}", self.origin, self.target)
    }
}

impl Url {
    /// Parses an absolute HTTP URL; user information and fragment are dropped.
    ///
    /// # Errors
    ///
    /// Why the string is not an absolute HTTP URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        Uri::parse(text).map_err(|error| error.to_string()).and_then(|uri| of_uri(&uri))
    }

    /// Resolves `reference` from an answer to a request for this URL.
    ///
    /// # Errors
    ///
    /// Why the reference does not resolve to an HTTP URL.
    pub fn resolve(&self, reference: &str) -> Result<Self, String> {
        let base = format!("{}{}", self.origin, without_brackets(&encoded(&self.target)));
        let base = Uri::parse(&*base).map_err(|error| error.to_string())?.to_owned();
        // Like clients, accept characters that a URI must percent-encode, including brackets.
        let as_is = encoded(reference);
        let encoded = without_brackets(&as_is);
        let reference = UriRef::parse(&*as_is)
            .or_else(|_| UriRef::parse(&*encoded))
            .map_err(|error| format!("not a URL: {error}"))?;
        let uri = reference.resolve_against(&base).map_err(|error| error.to_string())?;
        of_uri(&uri.borrow())
    }
}

fn of_uri(uri: &Uri<&str>) -> Result<Url, String> {
    let is_tls = match uri.scheme().as_str().to_ascii_lowercase().as_str() {
        "http" => false,
        "https" => true,
        other => return Err(format!("not an HTTP URL: the scheme is `{other}`")),
    };
    let authority = uri.authority().filter(|authority| !authority.host().is_empty()).ok_or("the URL has no host")?;
    let port = match authority.port_to_u16() {
        Ok(port) => port.unwrap_or(if is_tls { 443 } else { 80 }),
        Err(_) => return Err("invalid port; expected a number below 65536".to_owned()),
    };
    let origin = Origin { is_tls, host: authority.host().to_ascii_lowercase(), port };
    let path = Some(uri.path().as_str()).filter(|path| !path.is_empty()).unwrap_or("/");
    let target = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    Ok(Url { origin, target })
}

/// Percent-encodes square brackets outside the host.
fn without_brackets(text: &str) -> String {
    let host = text.find("//").filter(|at| text[..*at].bytes().all(|b| b.is_ascii_alphanumeric() || b == b':'));
    let path = host.map_or(0, |at| text[at + 2..].find(['/', '?', '#']).map_or(text.len(), |end| at + 2 + end));
    text[..path].to_owned() + &text[path..].replace('[', "%5B").replace(']', "%5D")
}

/// The text with everything percent-encoded that a request target cannot carry.
pub(super) fn encoded(text: &str) -> Cow<'_, str> {
    let fits = |at: usize, byte: u8| {
        let is_escape = || text.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte);
        is_plain || byte == b'%' && is_escape()
    };
    if text.bytes().enumerate().all(|(at, byte)| fits(at, byte)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (at, byte) in text.bytes().enumerate() {
        if fits(at, byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_against_the_request() {
        let base = Url::parse("http://127.0.0.1:5000/v2/a/manifests/old?x=1").expect("a URL");
        for (reference, url) in [
            ("new", "http://127.0.0.1:5000/v2/a/manifests/new"),
            ("../blobs/b", "http://127.0.0.1:5000/v2/a/blobs/b"),
            ("/v2/b?c=d", "http://127.0.0.1:5000/v2/b?c=d"),
            ("?y=2", "http://127.0.0.1:5000/v2/a/manifests/old?y=2"),
            ("//other:81/x", "http://other:81/x"),
            ("HTTPS://Other:443/x#f", "https://other/x"),
            ("http://other", "http://other/"),
            ("http://user:pw@127.0.0.1:5000/x", "http://127.0.0.1:5000/x"),
            ("/a b|{c}[d]%zz%20é", "http://127.0.0.1:5000/a%20b%7C%7Bc%7D%5Bd%5D%25zz%20%C3%A9"),
            ("http://[::1]:5000/x", "http://[::1]:5000/x"),
        ] {
            assert_eq!(base.resolve(reference).map(|url| url.to_string()).as_deref(), Ok(url), "{reference}");
        }
        let odd = Url { target: "/v2/a/t\\[x]".to_owned(), ..base.clone() };
        assert_eq!(odd.resolve("b").map(|url| url.target).as_deref(), Ok("/v2/a/b"));
        for reference in ["http://", "http://a:99999/", "http://[b/", "ftp://a/b", "sha256:ab", "http://a:b/", "://"] {
            assert!(base.resolve(reference).is_err(), "{reference}");
        }
    }

    #[test]
    fn an_origin_is_named_with_its_port() {
        let origin = |text: &str| Url::parse(text).expect("a URL").origin;
        assert!(origin("https://a/").is_named_by("a") && origin("https://a/").is_named_by("A:443"));
        assert!(origin("http://a:81/").is_named_by("a:81") && !origin("http://a:81/").is_named_by("a"));
        assert_ne!(origin("http://a:443/"), origin("https://a/"));
    }
}
