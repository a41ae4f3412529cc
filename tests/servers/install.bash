# Ways to install: Debian packages, Go modules, crates. Each is quick if what it installs is already there.

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi
}

# debian NAME PROGRAM PACKAGE: the program, from Debian's package if it is missing.
debian() {
    local name=$1 program=$2 package=$3 log
    if command -v "$program" >/dev/null; then return 0; fi
    command -v apt-get >/dev/null || cannot "$name cannot be had: it needs $program on the PATH (Debian package $package)"
    log=$cache/$package.log
    as_root apt-get update >"$log" 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package" >>"$log" 2>&1 ||
        cannot "$name cannot be had: Debian's package $package cannot be installed; the reason is in $log"
}

# A file changes its pin when a version changes.
pin_of() { cat "$@" | cksum; }
is_pinned() { [ "$(cat "$cache/$1/pin" 2>/dev/null)" = "$(pin_of "${@:2}")" ]; }
set_pin() { pin_of "${@:2}" >"$cache/$1/pin"; }

# go_tool NAME PACKAGE [OPTIONS…]: builds the tool that go/NAME/go.mod names to NAME/server in the cache. The clients set
# `modules` to another directory than go, and `binary` to another name than server.
go_tool() {
    local name=$1 package=$2 module=${modules:-$here/go}/$1 log=$cache/$1.log
    shift 2
    if is_pinned "$name" "$module/go.mod" "$module/go.sum"; then return 0; fi
    command -v go >/dev/null || cannot "$name cannot be had: it is built by Go, which is not on the PATH"
    mkdir -p "$cache/$name"
    go -C "$module" build -p 2 "$@" -o "$cache/$name/${binary:-server}" "$package" >"$log" 2>&1 ||
        { tail -n 5 "$log" >&2; cannot "$name cannot be had: Go does not build $package; the reason is in $log"; }
    set_pin "$name" "$module/go.mod" "$module/go.sum"
}

# crate NAME CRATE: installs the version of crates.txt by its own lock file.
crate() {
    local name=$1 crate=$2 version log=$cache/$1.log
    version=$(awk -v crate="$crate" '$1 == crate { print $2 }' "$here/crates.txt")
    if is_pinned "$name" "$here/crates.txt"; then return 0; fi
    command -v cargo >/dev/null || cannot "$name cannot be had: it is built by Cargo, which is not on the PATH"
    mkdir -p "$cache/$name"
    # Not in the target directory of manifuzz, whose lock a running `cargo test` holds.
    CARGO_TARGET_DIR=$cache/$name/target cargo install "$crate" --version "=$version" --locked --root "$cache/$name" --quiet \
        >"$log" 2>&1 || { tail -n 5 "$log" >&2; cannot "$name cannot be had: cargo install $crate failed; the reason is in $log"; }
    rm -rf "$cache/$name/target"
    set_pin "$name" "$here/crates.txt"
}
