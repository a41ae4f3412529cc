//! Real programs, if they are installed, take the base from the server and copy it.

use std::process::{Command, Output};

use super::serve;

/// Runs a program; `None` if it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) if std::env::var_os("MANIFUZZ_REQUIRE_SERVERS").is_none() => {
            println!("skipped: {program} cannot be run: {error}");
            None
        }
        Err(error) => panic!("{program} cannot be run: {error}; install it or unset MANIFUZZ_REQUIRE_SERVERS"),
    }
}

#[test]
fn curl_sends_a_body_only_after_it_is_asked_to_and_reads_every_form_of_answer() {
    let server = serve("answer.manifest.length=absent");
    let url = format!("http://{}/v2/manifuzz/case/manifests/case", server.registry());
    let Some(output) = run("curl", &["-sS", "-f", &url]) else { return };
    assert_eq!(output.stdout, super::exchange("").tested.body.to_vec());
    let upload = format!(
        "http://{}/v2/manifuzz/copy/blobs/uploads/?digest=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        server.registry()
    );
    for more in [["-H", "Expect: 100-continue"], ["-H", "Transfer-Encoding: chunked"]] {
        let arguments = ["-sS", "-f", "-X", "POST", "--data-binary", "{}", more[0], more[1], &upload];
        let Some(output) = run("curl", &arguments) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn skopeo_pulls_and_copies_the_base() {
    let server = serve("");
    let folder = tempfile::tempdir().unwrap();
    let from = format!("docker://{}/manifuzz/case:case", server.registry());
    let layout = format!("oci:{}:case", folder.path().join("image").display());
    let arguments = ["copy", "--insecure-policy", "--src-tls-verify=false", &from, &layout];
    let Some(pulled) = run("skopeo", &arguments) else { return };
    assert!(pulled.status.success(), "{}", String::from_utf8_lossy(&pulled.stderr));
    let to = format!("docker://{}/manifuzz/copy:case", server.registry());
    let arguments = ["copy", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false", &from, &to];
    let Some(copied) = run("skopeo", &arguments) else { return };
    assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
    assert_eq!(server.kept().unwrap().bytes, *super::exchange("").tested.body.bytes());
}
