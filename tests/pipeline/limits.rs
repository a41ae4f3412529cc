//! Limits of registries: exact values, within the budget of requests.

use crate::registry::{planted, target};
use manifuzz::engine::{Ceiling, CeilingBudget, CeilingEnd, Ceilings};
use manifuzz::registry::Profile;

/// Measures with the default budget, and checks that it is kept.
fn measured(profile: &Profile) -> Vec<Ceiling> {
    let target = target(profile);
    let limits = Ceilings::new(target.as_ref()).measure(|_| Ok(())).unwrap();
    let budget = CeilingBudget::default();
    assert!(target.requests() <= budget.requests, "{} requests", target.requests());
    limits
}

fn named<'c>(limits: &'c [Ceiling], name: &str) -> &'c Ceiling {
    limits.iter().find(|limit| limit.name == name).unwrap()
}

#[test]
fn known_limits_are_found_exactly() {
    let quirks = ["refuses-above-4-mib", "refuses-above-100-layers", "refuses-long-tag", "refuses-nested-index"];
    let limits = measured(&planted(&quirks));
    for (name, accepted, status) in
        [("manifest-size", 4_194_304, 413), ("layers", 100, 400), ("tag-length", 127, 400), ("index-depth", 1, 400)]
    {
        let limit = named(&limits, name);
        assert_eq!(limit.end, CeilingEnd::Exact, "{limit:?}");
        assert_eq!((limit.accepted, limit.refused), (Some(accepted), Some(accepted + 1)), "{limit:?}");
        assert_eq!(limit.refusal.as_ref().and_then(|refusal| refusal.status), Some(status), "{limit:?}");
    }
    assert_eq!(named(&limits, "nesting").end, CeilingEnd::NoLimit);
}

#[test]
fn what_the_size_of_a_manifest_limits_is_not_taken_for_another_limit() {
    let limits = measured(&planted(&["refuses-large-manifest"]));
    let size = named(&limits, "manifest-size");
    assert_eq!((size.accepted, &size.end), (Some(262_144), &CeilingEnd::Exact));
    for name in ["layers", "annotation-length", "annotations", "nesting"] {
        let limit = named(&limits, name);
        assert_eq!((limit.refused, &limit.end), (None, &CeilingEnd::Size), "{limit:?}");
    }
}

#[test]
fn a_manifest_that_is_accepted_and_not_served_is_told_apart() {
    let limits = measured(&planted(&["loses-large-manifests"]));
    let size = named(&limits, "manifest-size");
    // The embedded registry takes twice as much.
    assert_eq!((size.accepted, &size.end), (Some(8_388_608), &CeilingEnd::Exact));
    let (served, refusal) = size.served.as_ref().unwrap();
    assert_eq!((*served, refusal.status), (Some(4_194_304), Some(404)));
}

#[test]
fn without_enough_requests_the_rest_says_that_it_is_partial() {
    let target = target(&planted(&["refuses-large-manifest"]));
    let budget = CeilingBudget { requests: 60, ..CeilingBudget::default() };
    let limits = Ceilings::new(target.as_ref()).with_budget(budget).measure(|_| Ok(())).unwrap();
    assert!(target.requests() <= 60, "{} requests", target.requests());
    let partial: Vec<_> = limits
        .iter()
        .filter(|limit| matches!(&limit.end, CeilingEnd::Partial(why) if why.contains("requests")))
        .collect();
    assert!(!partial.is_empty(), "{limits:?}");
    assert_eq!(limits.len(), 7, "each limit is listed");
}
