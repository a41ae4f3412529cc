set -u
here=$(cd "$(dirname "$0")" && pwd)
manifuzz=${MANIFUZZ:-manifuzz}
server= daemon=
work=$(mktemp -d) || exit 2

finish() {
    for process in $daemon $server; do
        kill "$process" 2>/dev/null
        wait "$process" 2>/dev/null
    done
    if [ "${KEEP:-no}" = yes ]; then echo "kept: $work" >&2; else rm -rf "$work"; fi
}
trap finish EXIT
trap 'exit 2' INT TERM HUP

untried() {
    echo "could not be tried: $1" >&2
    tail -n 5 "$work/said" 2>/dev/null >&2
    exit 2
}

# Waits until a command succeeds.
await() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || untried "waited in vain: $*"
        sleep 0.2
    done
}

for needed in "$manifuzz" "$program" timeout mktemp; do
    command -v "$needed" >/dev/null || untried "$needed is not installed"
done

# The registry with the case. It says under which names, and which requests arrive.
"$manifuzz" serve --shape "$shape" --listen 127.0.0.1:0 >"$work/served" 2>"$work/said" &
server=$!
is_served() {
    kill -0 "$server" 2>/dev/null || untried "manifuzz does not serve the case"
    grep -q '^ready$' "$work/served"
}
await is_served
named() { sed -n "s,^$1 ,,p" "$work/served"; }
registry=$(sed -n 's,^listening on http://,,p' "$work/served")
repository=$(named repository) tag=$(named tag) digest=$(named digest) subject=$(named subject) to=$(named to)

home=$work/home out=$work/out state=$work/state temporary=$work/temporary layout=$here/layout
mkdir -p "$home/.docker" "$out" "$state" "$temporary"
printf '{"auths":{"%s":{"auth":"%s"}}}' "$registry" "$(named auth)" >"$home/.docker/config.json"
