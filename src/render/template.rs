//! Templates: text with variables written `${name}`.

use std::borrow::Cow;

/// The value of a template variable; `None` if it is unknown.
pub(super) type Filling<'v> = Option<Cow<'v, str>>;

/// The template with each `${name}` replaced by its value. Unknown variables are left unchanged.
pub(super) fn fill<'v>(template: &'static str, value: impl Fn(&str) -> Filling<'v>) -> Cow<'v, str> {
    // Fast paths: most templates have no variable, and many consist of one.
    let Some(parts) = split(template) else { return Cow::Borrowed(template) };
    if let ("", name, "") = parts
        && let Some(whole) = value_of(name, &value)
    {
        return whole;
    }
    let mut filled = String::with_capacity(template.len() + 128);
    fill_into(&mut filled, template, value);
    Cow::Owned(filled)
}

/// Like [`fill`], appending to `out`.
pub(super) fn fill_into<'v>(out: &mut String, template: &'static str, value: impl Fn(&str) -> Filling<'v>) {
    let mut rest = template;
    while let Some((before, name, after)) = split(rest) {
        out.push_str(before);
        match value_of(name, &value) {
            Some(value) => out.push_str(&value),
            None => out.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    out.push_str(rest);
}

/// Splits a template at its first variable: the text before it, its name, and the text after it.
fn split(template: &str) -> Option<(&str, &str, &str)> {
    if !template.as_bytes().contains(&b'$') {
        return None;
    }
    let start = template.as_bytes().windows(2).position(|pair| pair == b"${")?;
    let length = template[start..].find('}')?;
    Some((&template[..start], &template[start + 2..start + length], &template[start + length + 1..]))
}

fn value_of<'v>(name: &str, value: impl Fn(&str) -> Filling<'v>) -> Filling<'v> {
    // `x127` is `x` repeated 127 times.
    let times = name.strip_prefix('x').and_then(|times| times.parse().ok());
    times.map(|times| Cow::Owned("x".repeat(times))).or_else(|| value(name))
}

/// The value of `${text*n}`: `text` repeated `number` times. `key` stands for a member, `close` for a closing brace.
pub(super) fn repeated<'v>(variable: &str, number: u64) -> Filling<'v> {
    let times = usize::try_from(number).unwrap_or(0);
    Some(Cow::Owned(match variable.strip_suffix("*n")? {
        // A literal `}` would end the variable.
        "close" => "}".repeat(times),
        "key" => (0..times).map(|i| format!("\"com.example.key{i}\":\"value\"")).collect::<Vec<_>>().join(","),
        text => text.repeat(times),
    }))
}
