# Builds a program of a row at a version, into the cache.

# The file of a program. Rows with adapters of the same program share it.
binary() { echo "$cache/bin/$(basename "${module%% *}")@$1"; }

# build VERSION: installs the main package `module`, or, where that is `programs/NAME LIBRARY`, the program of ours with the library at that version.
build() {
    local binary scratch log
    binary=$(binary "$1")
    if [ -x "$binary" ]; then return 0; fi
    command -v go >/dev/null || { echo "$binary is built by Go, which is not on the PATH" >&2; return 3; }
    log=$binary.log
    scratch=$(mktemp -d)
    echo "building $binary" >&2
    if GOTOOLCHAIN=${toolchain:-auto} GOFLAGS="-mod=mod -buildvcs=false" make "$1" "$scratch" >"$log" 2>&1 && mv "$scratch/out/"* "$binary"; then
        rm -rf "$scratch" "$log"
    else
        rm -rf "$scratch"
        tail -n 5 "$log" >&2
        echo "cannot build $binary; all of Go's output is in $log" >&2
        return 3
    fi
}

# make VERSION FOLDER: the program alone in FOLDER/out.
make() {
    if [[ $module != programs/* ]]; then
        GOBIN=$2/out go install -p 2 "$module@$1"
        return
    fi
    # What the program requires besides is what the library's own go.mod says, as for its users.
    cp "$here/${module%% *}/"*.go "$2/"
    printf 'module score\n\ngo 1.21\n\nrequire %s %s\n' "${module#* }" "$1" >"$2/go.mod"
    # Without C libraries for storages and signatures, which no copy between a registry and a folder uses.
    go -C "$2" build -p 2 -o out/program \
        -tags containers_image_openpgp,containers_image_storage_stub,containers_image_docker_daemon_stub,exclude_graphdriver_btrfs .
}
