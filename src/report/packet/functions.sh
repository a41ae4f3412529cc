set -u
export LC_ALL=C

usage() {
    echo "usage: sh repro.sh http://HOST:PORT/REPOSITORY" >&2
    exit 2
}

# Ends with 2: the registry could not be asked.
unasked() {
    echo "could not be asked: $1" >&2
    exit 2
}

[ $# -eq 1 ] || usage
case $1 in
    http://*/?* | https://*/?*) ;;
    *) usage ;;
esac
command -v curl >/dev/null || unasked "curl is not installed"
HERE=$(cd "$(dirname "$0")" && pwd) || exit 2
SCHEME=${1%%://*}
PLACE=${1#*://}
ORIGIN=$SCHEME://${PLACE%%/*}
REPOSITORY=${PLACE#*/}
REPOSITORY=${REPOSITORY%/}
TAG=${TAG:-repro-$(date +%s)-$$}
WORK=$(mktemp -d) || exit 2
trap 'rm -rf "$WORK"' 0
trap 'exit 2' 1 2 15

# Sends a request: number, method, path or URL, file of the body or -, headers.
ask() {
    number=$1 method=$2 url=$3 body=$4 more=
    shift 4
    case $url in
        /*) url=$ORIGIN$url ;;
    esac
    printf '%s\n' "$url" >"$WORK/$number.url"
    # Options can hold credentials, which are for this registry only.
    case $url in
        "$ORIGIN"/*) more=${REPRO_CURL_OPTIONS:-} ;;
    esac
    left=$#
    while [ "$left" -gt 0 ]; do
        set -- "$@" -H "$1"
        shift
        left=$((left - 1))
    done
    case $method in
        HEAD) set -- "$@" --head ;;
        *) set -- "$@" -X "$method" ;;
    esac
    # Redirects of requests that read are followed. curl sends no credentials to another host.
    case $method in
        HEAD | GET) [ -n "${UNFOLLOWED:-}" ] || set -- "$@" --location --max-redirs 5 --proto-redir =http,https ;;
    esac
    [ "$body" = - ] || set -- "$@" --data-binary "@$body"
    : >"$WORK/$number.head"
    : >"$WORK/$number.body"
    # shellcheck disable=SC2086
    curl -sS --netrc-optional $more --path-as-is --globoff --http1.1 --max-time "${REPRO_TIMEOUT:-30}" \
        -D "$WORK/$number.head" -o "$WORK/$number.body" -w '%{http_code}' "$@" "$url" \
        >"$WORK/$number.status" 2>"$WORK/$number.error"
    echo $? >"$WORK/$number.exit"
    case $(cat "$WORK/$number.exit") in
        0 | 18 | 28 | 47 | 52 | 55 | 56 | 92) ;;
        *) unasked "$method $url: $(cat "$WORK/$number.error")" ;;
    esac
    case $(header "$number" content-encoding) in
        gzip | x-gzip)
            gzip -dc <"$WORK/$number.body" >"$WORK/decoded" 2>/dev/null && mv "$WORK/decoded" "$WORK/$number.body"
            ;;
    esac
    echo "$method $url: $(status "$number")"
}

status() {
    if [ -s "$WORK/$1.status" ]; then cat "$WORK/$1.status"; else echo 000; fi
}

# The values of a header of an answer, one a line.
header() {
    [ -f "$WORK/$1.head" ] || return 0
    tr -d '\r' <"$WORK/$1.head" | awk -v wanted="$2" '
        /^HTTP\// { found = ""; next }
        {
            at = index($0, ":")
            if (at && tolower(substr($0, 1, at - 1)) == wanted) {
                value = substr($0, at + 1)
                gsub(/^[ \t]+|[ \t]+$/, "", value)
                found = found value "\n"
            }
        }
        END { printf "%s", found }'
}

has() { [ -n "$(header "$1" "$2")" ]; }
first() { header "$1" "$2" | head -n 1; }

# The media type of a header without parameters, in lower case.
essence() { first "$1" "$2" | sed 's/;.*//; s/[ \t]*$//' | tr 'A-Z' 'a-z'; }

# A reference in an answer as a URL; empty if it cannot be followed.
resolved() {
    case $2 in
        '') ;;
        http://* | https://*) echo "$2" ;;
        //*) echo "$SCHEME:$2" ;;
        /*) echo "$ORIGIN$2" ;;
        \?*) echo "$(sed 's/[?].*//' "$WORK/$1.url")$2" ;;
        *:*) ;;
        *) echo "$(sed 's/[?].*//; s|[^/]*$||' "$WORK/$1.url")$2" ;;
    esac
}
location() { resolved "$1" "$(first "$1" location)"; }

# Where an upload goes on: the Location of an answer, or where the request went, since its session may stay there.
session() {
    place=$(location "$1")
    if [ -z "$place" ] && ! is "$1" 201; then
        place=$(cat "$WORK/$1.url" 2>/dev/null)
        case ${place%%[?]*} in
            */uploads/) place= ;;
            */uploads/*) ;;
            *) place= ;;
        esac
    fi
    echo "$place"
}

# A Location or Link that is not the URL of a resource over HTTP.
is_bad_url() {
    case $1 in
        '') return 1 ;;
        *[!A-Za-z0-9:/?#@!\$\&\'\(\)*+,\;=._~%\[\]-]*) return 0 ;;
        http://?* | https://?* | /* | [?#]*) return 1 ;;
        [A-Za-z]*:*) return 0 ;;
        *) return 1 ;;
    esac
}
link_target() { first "$1" link | sed -n 's/^<\([^>]*\)>.*/\1/p'; }
is_next_link() { header "$1" link | grep -Eiq '^<[^>]*>.*rel *= *"?([^"]* )?next'; }

# A URL with a query added.
with_query() {
    case $1 in
        *\?*) echo "$1&$2" ;;
        *) echo "$1?$2" ;;
    esac
}

# A tag of this length.
tag_of() {
    tag=$TAG
    while [ ${#tag} -lt "$1" ]; do tag=${tag}t; done
    echo "$tag"
}

is() {
    number=$1
    shift
    for wanted; do [ "$(status "$number")" = "$wanted" ] && return 0; done
    return 1
}
ok() { case $(status "$1") in 2??) return 0 ;; *) return 1 ;; esac; }
failed() { case $(status "$1") in 5??) return 0 ;; *) return 1 ;; esac; }
refused() { case $(status "$1") in [34]??) return 0 ;; *) return 1 ;; esac; }
answered() { ! is "$1" 000; }
settled() { ok "$1" || { refused "$1" && ! is "$1" 401 403 429; }; }
dropped() { case $(cat "$WORK/$1.exit" 2>/dev/null) in 18 | 52 | 55 | 56 | 92) return 0 ;; *) return 1 ;; esac; }
silent() { [ "$(cat "$WORK/$1.exit" 2>/dev/null)" = 28 ]; }
# Whether the body is whole.
arrived() { [ "$(cat "$WORK/$1.exit" 2>/dev/null)" = 0 ]; }
same() { cmp -s "$WORK/$1.body" "$2"; }
length() { wc -c <"$WORK/$1.body" | tr -d ' '; }
# Whether two values are there and differ.
differ() { [ -n "$1" ] && [ -n "$2" ] && [ "$1" != "$2" ]; }
# What is compared of an ETag: all but the mark of a weak one.
opaque() { first "$1" etag | sed 's|^W/||'; }

# The body in one line, without the escapes that media types can have.
flat() { tr '\n\r\t' '   ' <"$WORK/$1.body" | sed 's|\\/|/|g; s/\\u002[bB]/+/g'; }
holds() { flat "$1" | grep -Eq "$2"; }
is_json() {
    case $(essence "$1" content-type) in
        application/json | text/json | *+json) holds "$1" '^ *[[{]' ;;
        '') holds "$1" '^ *[[{]' ;;
        *) return 1 ;;
    esac
}
# The error codes of an answer, one a line.
codes() { tr ',{' '\n\n' <"$WORK/$1.body" | sed -n 's/^[[:space:]]*"code"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p'; }
has_code() {
    number=$1
    shift
    for wanted; do codes "$number" | grep -Fxq "$wanted" && return 0; done
    return 1
}
# Whether an answer has a code that is none of these.
has_other_code() {
    number=$1
    shift
    for code in $(codes "$number"); do
        case " $* " in
            *" $code "*) ;;
            *) return 0 ;;
        esac
    done
    return 1
}

# The answer to a request that prepares the case.
prepared() {
    ok "$1" || unasked "the case needs $2, which was answered $(status "$1")"
}
# Content that must be absent.
absent() {
    ! is "$1" 200 || unasked "the repository holds content that must be absent; name an empty repository"
}
# Ends with 2: what was found can be seen in the answers, but not by a shell.
undecided() {
    echo "a shell cannot decide whether the finding shows; it is about one of these answers:" >&2
    for number; do
        if [ -s "$WORK/$number.head" ]; then
            echo "--- answer $number to $(cat "$WORK/$number.url")" >&2
            tr -d '\r' <"$WORK/$number.head" >&2
            head -c 4096 "$WORK/$number.body" >&2
            echo >&2
        fi
    done
    exit 2
}
