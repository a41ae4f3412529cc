//! What a shell can check of findings in follow-ups that read: a condition for each duty over the requests with a role.

use crate::compare::Class;
use crate::exchange::Role;
use crate::exchange::roles::reading as roles;

/// The numbers of the requests with one of these roles, in order.
pub(super) type Numbers<'n> = dyn Fn(&[Role]) -> Vec<usize> + 'n;

/// The condition under which a finding of this duty and class shows. `None` if the case has no such request, or a shell cannot see it.
pub(super) fn condition(duty: &str, class: Class, numbers: &Numbers<'_>) -> Option<String> {
    let each = |roles: &[Role], one: &dyn Fn(usize) -> String| -> Vec<String> {
        numbers(roles).into_iter().map(one).collect()
    };
    let lacks = |name: &'static str| move |n: usize| format!("is {n} 200 && ! has {n} {name}");
    let is_missing = class == Class::MissingHeader;
    let conditions = match duty {
        "ping-answers-200" => each(&[roles::PING], &|n| format!("settled {n} && ! is {n} 200")),
        "pull-answers-200" => {
            each(&[roles::GET_MANIFEST, roles::GET_IF_NOT_STRANGE, roles::GET_MOVED, roles::GET_UNTYPED], &not_200)
        }
        "head-answers-200" => each(&[roles::HEAD_MANIFEST, roles::HEAD_MOVED, roles::HEAD_HELD_BLOB], &not_200),
        "blob-pull-answers-200" => each(&[roles::GET_HELD_BLOB, roles::GET_BLOB_IF_NOT_STRANGE], &not_200),
        "pull-names-the-digest" => each(&[roles::GET_MANIFEST], &lacks("docker-content-digest")),
        "blob-pull-names-the-digest" => each(&[roles::GET_HELD_BLOB], &lacks("docker-content-digest")),
        "head-names-the-digest" if is_missing => {
            each(&[roles::HEAD_MANIFEST, roles::HEAD_HELD_BLOB], &lacks("docker-content-digest"))
        }
        "head-names-the-length" if is_missing => {
            each(&[roles::HEAD_MANIFEST, roles::HEAD_HELD_BLOB], &lacks("content-length"))
        }
        "missing-manifest-answers-404" => {
            let invalid = each(&[roles::GET_INVALID_NAME, roles::GET_INVALID_REFERENCE], &|n| format!("ok {n}"));
            [invalid, each(&[roles::GET_BLOB_AS_MANIFEST], &neither)].concat()
        }
        "missing-blob-answers-404" => {
            let invalid = each(&[roles::GET_INVALID_DIGEST], &|n| format!("ok {n}"));
            [invalid, each(&[roles::GET_MANIFEST_AS_BLOB], &neither)].concat()
        }
        "pull-by-tag-returns-the-last-push" => {
            each(&[roles::GET_MOVED], &|n| format!("is {n} 200 && same {n} \"$MANIFEST\""))
        }
        "blob-is-no-manifest" => each(&[roles::GET_BLOB_AS_MANIFEST], &|n| format!("is {n} 200")),
        "http-any-type-is-accepted" => each(&[roles::HEAD_ANY_TYPE], &|n| format!("is {n} 404 406")),
        "http-unchanged-answers-304" => {
            let changed = [roles::GET_IF_CHANGED, roles::HEAD_IF_CHANGED, roles::GET_BLOB_IF_CHANGED];
            each(&changed, &|n| format!("settled {n} && ! is {n} 200 304"))
        }
        "http-304-has-the-etag" => {
            let changed = [roles::GET_IF_CHANGED, roles::HEAD_IF_CHANGED, roles::GET_BLOB_IF_CHANGED];
            each(&changed, &|n| format!("is {n} 304 && ! has {n} etag"))
        }
        "http-304-means-the-same-etag" => {
            each(&[roles::GET_IF_NOT_STRANGE, roles::GET_BLOB_IF_NOT_STRANGE], &|n| format!("is {n} 304 412"))
        }
        "http-head-has-the-status-of-get" => {
            let (head, get) = (numbers(&[roles::HEAD_OTHER_TYPE]), numbers(&[roles::GET_OTHER_TYPE]));
            let both = head.first().zip(get.first());
            let differ =
                |(a, b): (&usize, &usize)| [format!("ok {a} && refused {b}"), format!("ok {b} && refused {a}")];
            both.map(differ).into_iter().flatten().collect()
        }
        "http-coding-is-one-of-those-asked-for" => {
            // The second of each excludes every coding.
            let second = |role| numbers(&[role]).into_iter().nth(1);
            let coded = [roles::GET_MANIFEST, roles::GET_HELD_BLOB].into_iter().filter_map(second);
            coded.map(|n| format!("has {n} content-encoding")).collect()
        }
        "http-coded-answer-varies" => {
            let first = |role| numbers(&[role]).into_iter().next();
            let coded = [roles::GET_MANIFEST, roles::GET_HELD_BLOB].into_iter().filter_map(first);
            let names = r"grep -Eiq 'accept-encoding|\*'";
            coded.map(|n| format!("has {n} content-encoding && ! header {n} vary | {names}")).collect()
        }
        "http-second-answer-keeps-the-headers" => {
            let twice = [roles::GET_MANIFEST, roles::HEAD_MANIFEST, roles::GET_HELD_BLOB].map(|role| numbers(&[role]));
            let pairs = twice.iter().filter_map(|pair| Some((pair.first()?, pair.get(1)?)));
            let lost = |(a, b)| {
                ["etag", "content-type"].map(|name| format!("is {b} 200 && has {a} {name} && ! has {b} {name}"))
            };
            pairs.flat_map(lost).collect()
        }
        _ => Vec::new(),
    };
    let grouped: Vec<String> = conditions.iter().map(|one| format!("{{ {one}; }}")).collect();
    Some(grouped.join(" ||\n    ")).filter(|condition| !condition.is_empty())
}

fn not_200(n: usize) -> String {
    format!("answered {n} && ! is {n} 200 && ! failed {n}")
}

/// Whether the answer says neither that content is there nor that it is not.
fn neither(n: usize) -> String {
    format!("settled {n} && ! is {n} 200 404")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duty_is_checked_over_the_requests_with_its_roles_alone() {
        let numbers = |wanted: &[Role]| -> Vec<usize> {
            let script = [(5, roles::GET_MANIFEST), (6, roles::GET_IF_CHANGED), (7, roles::HEAD_IF_CHANGED)];
            script.into_iter().filter(|(_, role)| wanted.contains(role)).map(|(number, _)| number).collect()
        };
        let of = |duty| condition(duty, Class::MissingHeader, &numbers);
        let expected = "{ is 6 304 && ! has 6 etag; } ||\n    { is 7 304 && ! has 7 etag; }";
        assert_eq!(of("http-304-has-the-etag").as_deref(), Some(expected));
        assert_eq!(of("ping-answers-200"), None, "no such request");
        assert_eq!(of("push-answers-201"), None, "not about reading");
    }
}
