//! The scopes that a request needs, in the form of Docker's token specification: `repository:NAME:ACTIONS`.

use ::http::Method;

/// What a token must allow: scopes, the most important first, because some token services read only the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Scopes(pub Vec<String>);

/// The repository that a request target names: what is between `/v2/` and the last endpoint.
fn repository(target: &str) -> Option<&str> {
    let path = target.split(['?', '#']).next().unwrap_or(target).strip_prefix("/v2/")?;
    let end = ["/manifests/", "/blobs/", "/tags/", "/referrers/"].iter().filter_map(|part| path.rfind(part)).max()?;
    Some(&path[..end]).filter(|name| !name.is_empty())
}

impl Scopes {
    /// Everything that a run does in the repository of a request, so that one token serves all requests there. Some registries
    /// want the right to delete for a push.
    pub fn all(target: &str) -> Self {
        Self::with(target, |_| "pull,push,delete")
    }

    /// Only what this request needs.
    pub fn exact(method: &Method, target: &str) -> Self {
        Self::with(target, |_| match *method {
            Method::GET | Method::HEAD => "pull",
            Method::DELETE => "delete",
            _ => "pull,push",
        })
    }

    fn with(target: &str, actions: impl Fn(&str) -> &'static str) -> Self {
        let Some(name) = repository(target) else { return Self::default() };
        let mut scopes = vec![format!("repository:{name}:{}", actions(name))];
        // A blob is mounted from a repository that must be readable.
        let query = target.split_once('?').map_or("", |(_, query)| query);
        if let Some(from) = query.split('&').find_map(|part| part.strip_prefix("from=")) {
            scopes.push(format!("repository:{from}:pull"));
        }
        Self(scopes)
    }

    /// The scopes that a challenge names.
    pub fn of_challenge(scope: Option<&str>) -> Self {
        Self(scope.unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect())
    }

    /// Whether these scopes do not depend on the repository, as with a registry that always asks for `*`.
    pub fn are_global(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|scope| !scope.contains(':'))
    }

    /// These scopes and those of `other` that are missing.
    pub fn and(mut self, other: &Self) -> Self {
        for scope in &other.0 {
            if !self.covers(scope) {
                self.0.push(scope.clone());
            }
        }
        self
    }

    /// Whether one of these scopes allows all that `scope` does.
    fn covers(&self, scope: &str) -> bool {
        let split = |scope: &str| scope.rsplit_once(':').map(|(name, actions)| (name.to_owned(), actions.to_owned()));
        let Some((name, actions)) = split(scope) else { return self.0.iter().any(|own| own == scope) };
        self.0.iter().filter_map(|own| split(own)).any(|(own, allowed)| {
            own == name && actions.split(',').all(|action| allowed.split(',').any(|one| one == action))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_name_the_repository_and_the_actions() {
        let exact = |method, target| Scopes::exact(&method, target).0.join(" ");
        assert_eq!(exact(Method::GET, "/v2/a/b/manifests/t"), "repository:a/b:pull");
        assert_eq!(exact(Method::PUT, "/v2/manifests/x/manifests/t"), "repository:manifests/x:pull,push");
        assert_eq!(exact(Method::DELETE, "/v2/a/blobs/d"), "repository:a:delete");
        assert_eq!(
            exact(Method::POST, "/v2/a/blobs/uploads/?mount=d&from=b/c"),
            "repository:a:pull,push repository:b/c:pull"
        );
        assert_eq!(exact(Method::GET, "/v2/"), "");
        assert_eq!(Scopes::all("/v2/a/tags/list").0, ["repository:a:pull,push,delete"]);
    }

    #[test]
    fn scopes_are_merged_if_they_are_not_covered() {
        let all = Scopes::all("/v2/a/tags/list");
        assert_eq!(all.clone().and(&Scopes::of_challenge(Some("repository:a:pull"))), all);
        let both = all.and(&Scopes::of_challenge(Some("repository:b:pull registry:catalog:*")));
        assert_eq!(both.0, ["repository:a:pull,push,delete", "repository:b:pull", "registry:catalog:*"]);
        assert!(Scopes::of_challenge(Some("*")).are_global() && !both.are_global());
    }
}
