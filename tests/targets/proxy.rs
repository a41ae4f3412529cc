//! Proxies of the environment: plain requests in absolute form, TLS through a tunnel, loopback never, and who sees which secret.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::process::Output;
use std::sync::{Arc, Mutex};

use crate::command::{manifuzz, stderr};
use crate::guarded::{BASIC, PASSWORD, authorization, unauthorized};
use crate::secure::{Authority, Secure};
use crate::serving::{Asked, Served, raw, read_request};

/// `Basic`, then `proxy:secret-of-proxy` in base64.
const PROXY: &str = "Basic cHJveHk6c2VjcmV0LW9mLXByb3h5";

/// A proxy that leads to `upstream` whatever is asked for, and the requests that it saw.
struct Proxy {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Proxy {
    fn to(upstream: String) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let address = raw(move |mut stream| {
            while let Some(asked) = read_request(&mut stream) {
                log.lock().unwrap().push(asked.clone());
                let mut to = TcpStream::connect(&upstream).unwrap();
                if asked.method == "CONNECT" {
                    stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").unwrap();
                    return tunnel(stream, to);
                }
                // In origin form, and without what is for the proxy.
                let path = asked.target.strip_prefix("http://registry.invalid").unwrap_or("/absolute-form-expected");
                let head = asked.head.replacen(&asked.target, path, 1);
                let is_kept = |line: &&str| !line.starts_with("proxy-authorization: ");
                let head = head.split("\r\n").filter(is_kept).collect::<Vec<_>>().join("\r\n");
                to.write_all(&[head.as_bytes(), &asked.body].concat()).unwrap();
                to.shutdown(Shutdown::Write).unwrap();
                std::io::copy(&mut to, &mut stream).unwrap();
            }
        });
        Self { url: format!("http://proxy:secret-of-proxy@{address}"), asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn tunnel(stream: TcpStream, to: TcpStream) {
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    };
    let (from, back) = (stream.try_clone().unwrap(), to.try_clone().unwrap());
    let up = std::thread::spawn(move || copy(from, to));
    copy(back, stream);
    up.join().unwrap();
}

/// A run with these variables. It must not take long, so it may send many requests a second.
fn run(url: &str, variables: &[(&str, &str)], more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut run = manifuzz();
    run.args(["run", url, "--seed", "1", "--cases", "4", "--no-shrink", "--allow-host", "registry.invalid"]);
    run.args(["--yes", "--rate", "1000/s", "--trace", "trace", "--results", "results"])
        .args(more)
        .current_dir(folder.path());
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        run.env_remove(name).env_remove(name.to_lowercase());
    }
    let output =
        run.envs(variables.iter().copied()).env("OCI_USERNAME", "user").env("OCI_PASSWORD", PASSWORD).output().unwrap();
    let text = format!("{output:?}");
    assert!(!text.contains("secret-of-proxy") && !text.contains(PASSWORD) && !text.contains(PROXY), "{text}");
    output
}

fn registry() -> Served {
    Served::registry(|asked| (authorization(asked) != BASIC).then(|| unauthorized(&["Basic realm=x".to_owned()])))
}

fn proxy_authorization(asked: &Asked) -> Option<&str> {
    asked
        .head
        .lines()
        .find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization")))
        .map(|(_, value)| value)
}

#[test]
fn plain_requests_go_to_the_proxy_in_absolute_form() {
    let registry = registry();
    let proxy = Proxy::to(registry.address.clone());
    let output = run("http://registry.invalid/a/b", &[("HTTP_PROXY", &proxy.url)], &[]);
    assert!(stderr(&output).contains("4 cases judged"), "{}", stderr(&output));
    let asked = proxy.asked();
    assert!(asked.len() > 20 && asked.iter().all(|one| one.target.starts_with("http://registry.invalid/")));
    assert!(asked.iter().all(|one| proxy_authorization(one) == Some(PROXY)));
    assert!(asked.iter().all(|one| one.head.contains("\r\nhost: registry.invalid\r\n")));
    assert!(registry.asked().iter().all(|one| proxy_authorization(one).is_none()));
}

#[test]
fn tls_goes_through_a_tunnel_whose_proxy_sees_no_credentials() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let registry = Secure::new(authority.server("registry.invalid", None), &["h2", "http/1.1"]);
    let proxy = Proxy::to(format!("127.0.0.1:{}", registry.port));
    let own = authority.write(folder.path().join("own.pem"));
    let output = run("https://registry.invalid/a/b", &[("HTTPS_PROXY", &proxy.url)], &["--tls-ca", &own]);
    assert!(stderr(&output).contains("4 cases judged"), "{}", stderr(&output));
    let asked = proxy.asked();
    assert!(!asked.is_empty() && asked.iter().all(|one| one.is("CONNECT", "registry.invalid:443")));
    assert!(asked.iter().all(|one| proxy_authorization(one) == Some(PROXY) && authorization(one).is_empty()));
    assert!(registry.asked().len() > 20);
    assert!(registry.asked().iter().all(|one| !one.headers.contains_key("proxy-authorization")));
    // The certificate is that of the registry, not of the proxy.
    let output = run("https://registry.invalid/a/b", &[("HTTPS_PROXY", &proxy.url)], &[]);
    assert!(output.status.code() == Some(3) && stderr(&output).contains("--tls-ca"), "{}", stderr(&output));
}

#[test]
fn loopback_is_never_proxied() {
    let (registry, other) = (registry(), Served::new(|_| crate::serving::answer(200, &[], "")));
    let proxy = Proxy::to(other.address.clone());
    let port = registry.address.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let variables = [("HTTP_PROXY", &*proxy.url), ("http_proxy", &*proxy.url), ("ALL_PROXY", &*proxy.url)];
        let output = run(&format!("http://{host}:{port}/a/b"), &variables, &[]);
        assert!(stderr(&output).contains("4 cases judged"), "{}", stderr(&output));
    }
    assert!(proxy.asked().is_empty() && other.asked().is_empty());
}

#[test]
fn no_proxy_and_a_proxy_that_cannot_be_used_are_trouble_with_the_reason() {
    let proxy = Proxy::to(registry().address.clone());
    let excepted = [("HTTP_PROXY", &*proxy.url), ("NO_PROXY", "registry.invalid")];
    let output = run("http://registry.invalid/a/b", &excepted, &[]);
    assert!(output.status.code() == Some(3) && proxy.asked().is_empty(), "{}", stderr(&output));
    let closed = "http://proxy:secret-of-proxy@127.0.0.1:1";
    for (url, name, proxy, words) in [
        (
            "http://registry.invalid/a/b",
            "HTTP_PROXY",
            "socks5://proxy:secret-of-proxy@127.0.0.1:1",
            "only http:// is supported",
        ),
        ("https://registry.invalid/a/b", "HTTPS_PROXY", closed, "the proxy of the environment does not connect"),
        ("http://registry.invalid/a/b", "HTTP_PROXY", closed, "proxy"),
    ] {
        let output = run(url, &[(name, proxy)], &[]);
        assert!(output.status.code() == Some(3) && stderr(&output).contains(words), "{}", stderr(&output));
    }
}
