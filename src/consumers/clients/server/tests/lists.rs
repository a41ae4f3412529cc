use super::super::CaseServer;
use super::client::{Got, ask, ask_as_user, follow};
use super::{exchange, serve};
use crate::exchange::sha256;

const TAGS: &str = "/v2/manifuzz/case/tags/list";

fn referrers(server: &CaseServer) -> String {
    format!("/v2/manifuzz/case/referrers/{}", server.names().subject)
}

/// The address in the `Link` of a page.
fn next(got: &Got) -> Option<&str> {
    Some(got.header("link")?.strip_prefix('<')?.split_once(">; rel=\"next\"")?.0)
}

fn digests(got: &Got) -> Vec<String> {
    assert_eq!(got.status, 200);
    let listed = got.json()["manifests"].as_array().unwrap().clone();
    listed.iter().map(|one| one["digest"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn right_lists_have_one_page_with_what_the_registry_holds() {
    let server = serve("subject=present");
    let tags = ask(&server, "GET", TAGS);
    assert_eq!((next(&tags), &tags.json()["tags"]), (None, &serde_json::json!(["case"])));
    let listed = ask(&server, "GET", &referrers(&server));
    assert_eq!((next(&listed), digests(&listed)), (None, vec![server.names().digest.clone()]));
    assert_ne!(server.names().subject, server.names().digest);
    let server = serve("");
    assert_eq!(server.names().subject, server.names().digest);
    assert!(digests(&ask(&server, "GET", &referrers(&server))).is_empty());
}

#[test]
fn a_list_of_two_pages_ends_and_all_of_it_can_be_pulled() {
    let server = serve("answer.link.tags=pages");
    let first = ask(&server, "GET", TAGS);
    let second = ask(&server, "GET", next(&first).unwrap());
    assert_eq!((first.json()["tags"].clone(), next(&second)), (serde_json::json!(["case"]), None));
    let tag = second.json()["tags"][0].as_str().unwrap().to_owned();
    assert_eq!(ask(&server, "GET", &format!("/v2/manifuzz/case/manifests/{tag}")).status, 200);
    for text in ["answer.link.referrers=pages", "subject=present;answer.link.referrers=pages"] {
        let server = serve(text);
        let first = ask(&server, "GET", &referrers(&server));
        let second = ask(&server, "GET", next(&first).unwrap());
        assert_eq!(next(&second), None);
        let all = [digests(&first), digests(&second)];
        assert!(all.iter().all(|page| !page.is_empty()) && all[0] != all[1]);
        assert_eq!(all[0].contains(&server.names().digest), text.starts_with("subject"));
        for digest in all.iter().flatten() {
            let got = ask(&server, "GET", &format!("/v2/manifuzz/case/manifests/{digest}"));
            assert_eq!((got.status, &sha256(&got.body)), (200, digest));
            assert_eq!(got.json()["subject"]["digest"], *server.names().subject);
            let config = got.json()["config"]["digest"].as_str().unwrap().to_owned();
            assert_eq!(ask(&server, "GET", &format!("/v2/manifuzz/case/blobs/{config}")).status, 200);
        }
    }
}

#[test]
fn the_next_page_is_on_another_host_where_the_list_ends() {
    let server = serve("answer.link.tags=other-host;answer.link.referrers=other-host");
    for target in [TAGS, &referrers(&server)] {
        let first = ask_as_user(&server, "GET", target);
        let url = next(&first).unwrap();
        assert!(url.starts_with("http://127.0.0.2:"), "{url}");
        let last = follow("GET", url);
        assert_eq!((last.status, next(&last)), (200, None));
        // So it does for a client that takes the path alone.
        let path = &url[url.find("/v2/").unwrap()..];
        let own = ask_as_user(&server, "GET", path);
        assert_eq!((own.status, next(&own)), (200, None));
    }
    let foreign = server.arrived().into_iter().filter(|one| one.at == crate::exchange::client::At::Foreign);
    assert_eq!(foreign.map(|one| one.has_credentials).collect::<Vec<_>>(), [false, false]);
}

#[test]
fn the_next_page_is_the_same_or_one_of_pages_without_end() {
    let server = serve("answer.link.tags=loop;answer.link.referrers=loop");
    for target in [TAGS.to_owned(), format!("{TAGS}?n=3"), referrers(&server)] {
        let got = ask(&server, "GET", &target);
        assert_eq!(next(&got), Some(&*target));
    }
    let server = serve("answer.link.tags=endless;answer.link.referrers=endless");
    for target in [TAGS.to_owned(), referrers(&server)] {
        let mut seen = std::collections::HashSet::new();
        let mut at = target;
        for _ in 0..50 {
            let got = ask(&server, "GET", &at);
            at = next(&got).unwrap().to_owned();
            assert!(seen.insert(got.body), "every page is another one");
        }
    }
}

#[test]
fn the_subject_is_its_own_referrer_or_that_of_its_referrer() {
    for text in ["", "subject=present;"] {
        let server = serve(&format!("{text}answer.referrers=itself"));
        assert_eq!(digests(&ask(&server, "GET", &referrers(&server))), [server.names().subject.clone()]);
        let server = serve(&format!("{text}answer.referrers=cyclic"));
        let there = digests(&ask(&server, "GET", &referrers(&server)));
        assert!(there.len() == 1 && there[0] != server.names().subject);
        let back = digests(&ask(&server, "GET", &format!("/v2/manifuzz/case/referrers/{}", there[0])));
        assert_eq!(back, [server.names().subject.clone()]);
    }
}

#[test]
fn many_referrers_are_ten_thousand_different_ones_in_less_than_4_mib() {
    let server = serve("answer.referrers=many");
    let got = ask(&server, "GET", &referrers(&server));
    let listed = digests(&got);
    assert!(got.body.len() < 4 << 20, "{}", got.body.len());
    assert_eq!(listed.iter().collect::<std::collections::HashSet<_>>().len(), 10_000);
    assert_eq!(ask(&server, "GET", &format!("/v2/manifuzz/case/manifests/{}", listed[9_999])).status, 200);
}

#[test]
fn without_lists_of_referrers_the_referrers_tag_has_one() {
    for text in ["answer.referrers=unavailable", "subject=present;answer.referrers=unavailable"] {
        let server = serve(text);
        assert_eq!(ask(&server, "GET", &referrers(&server)).status, 404);
        let tag = server.names().subject.replace(':', "-");
        let listed = digests(&ask(&server, "GET", &format!("/v2/manifuzz/case/manifests/{tag}")));
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0] == server.names().digest, text.starts_with("subject"));
        assert_eq!(ask(&server, "GET", &format!("/v2/manifuzz/case/manifests/{}", listed[0])).status, 200);
    }
    let tag = exchange("").tested.digest().replace(':', "-");
    assert_eq!(ask(&serve(""), "GET", &format!("/v2/manifuzz/case/manifests/{tag}")).status, 404);
}
