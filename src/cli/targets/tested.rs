//! Who is tested at a target, and which cases that rules out: the answers of `answer.*` are given to client programs alone.

use super::TargetArgument;
use crate::error::Input;
use crate::generate::{Filter, Tested};
use crate::shape::{Choice, Shape, space};

impl TargetArgument {
    /// Who is tested.
    pub fn tested(&self) -> Tested {
        match self {
            Self::Embedded(_) | Self::Http(_) | Self::Named(_) => Tested::Registry,
        }
    }
}

const ADVICE: &str = "name a client program as the target, e.g. `client:skopeo`";

/// Fails if a shape has an answer to clients and a target is a registry.
pub(in crate::cli) fn check_shapes<'s>(
    targets: &[TargetArgument],
    shapes: impl IntoIterator<Item = &'s Shape>,
) -> Result<(), Input> {
    if targets.iter().all(|target| target.tested() == Tested::Client) {
        return Ok(());
    }
    let refused = shapes.into_iter().find_map(|shape| Some((shape, shape.answers().next()?)));
    refused.map_or(Ok(()), |(shape, (slot, _))| {
        let why = format!("`{}` is what a registry answers a client, and the target is a registry", slot.name);
        Err(Input::value(format!("the case `{shape}`"), why, ADVICE))
    })
}

/// Fails if a filter leaves nothing to vary for one of those who are tested.
pub(in crate::cli) fn check_filter(
    filter: Option<&Filter>,
    tested: impl IntoIterator<Item = Tested>,
) -> Result<(), Input> {
    let varies = |filter: &Filter, tested: Tested| {
        let mut named = space().slots().filter(|(slot, _)| filter.names(*slot));
        named.any(|(slot, row)| (0..row.menu.len()).any(|entry| tested.sees(slot, Choice { entry, number: 0 })))
    };
    for tested in tested {
        if filter.is_some_and(|filter| !varies(filter, tested)) {
            let (why, advice) = match tested {
                Tested::Registry => {
                    ("it matches only answers to clients, which registries are not tested with", ADVICE)
                }
                Tested::Client => (
                    "it matches only requests to registries, which clients do not see",
                    "filter other slots, e.g. `answer`",
                ),
            };
            return Err(Input::value("invalid --filter", why, advice));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_given_no_answer_to_clients() {
        let registry = [TargetArgument::parse("embedded:clean").expect("a profile")];
        let [answer, document]: [Shape; 2] =
            ["answer.realm=foreign;layers=empty", "layers=empty"].map(|text| text.parse().expect("a shape"));
        let refused = check_shapes(&registry, [&document, &answer]).expect_err("an answer to clients").to_string();
        assert!(refused.contains("answer.realm") && refused.contains("client:"), "{refused}");
        assert!(check_shapes(&registry, [&document]).is_ok());
        assert!(check_shapes(&[], [&answer]).is_ok());
    }

    #[test]
    fn a_filter_must_leave_something_to_vary() {
        let check = |filter: &str, tested| check_filter(Some(&filter.parse().expect("a filter")), [tested]).is_ok();
        assert!(!check("answer.*", Tested::Registry) && check("answer.*", Tested::Client));
        assert!(check("answer.*,layers", Tested::Registry) && check("*", Tested::Client));
        assert!(!check("blob", Tested::Client) && !check("reference", Tested::Client));
    }
}
