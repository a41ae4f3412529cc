# Clients at fixed versions: Debian packages, and Go programs that are built here. Each ends as a link in the cache's bin.

# What a Debian package brings, where that is more than the program of the client's name. Links, because another program of the
# same name can come first on the PATH, and because /usr/sbin is not on every PATH.
programs_of() {
    case $1 in
        docker) echo /usr/bin/docker /usr/sbin/dockerd /usr/bin/containerd /usr/sbin/runc ;;
        ctr) echo /usr/bin/ctr /usr/bin/containerd /usr/sbin/runc ;;
        *) echo "/usr/bin/$1" ;;
    esac
}

# Whether a package is installed at a version, whatever Debian's revision of it is.
is_installed() {
    local found
    found=$(dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$1" 2>/dev/null) || return 1
    [[ $found == "installed $2"[+~-]* ]]
}

# from_debian NAME 'PACKAGE VERSION'
from_debian() {
    local name=$1 package version log program
    read -r package version <<<"$2"
    log=$cache/$name.log
    if ! is_installed "$package" "$version"; then
        command -v apt-get >/dev/null || cannot "$name cannot be had: it is installed from Debian's package $package $version"
        as_root apt-get update >"$log" 2>&1 || true
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package=$version*" >>"$log" 2>&1 ||
            cannot "$name cannot be had: Debian's package $package $version cannot be installed; the reason is in $log"
    fi
    for program in $(programs_of "$name"); do
        [ -x "$program" ] || cannot "$name cannot be had: Debian's package $package $version has no $program"
        ln -sf "$program" "$cache/bin/"
    done
}

# The module of crane is that of the registry it also is.
modules_of() { if [ "$1" = crane ]; then echo "$here/../servers/go"; else echo "$here/go"; fi; }

# go_version NAME PACKAGE: the version of the package's module that go.mod requires.
go_version() {
    awk -v package="$2/" '$2 ~ /^v[0-9]/ && index(package, $1 "/") == 1 { print $2 }' "$(modules_of "$1")/$1/go.mod"
}

# from_go NAME PACKAGE
from_go() {
    local name=$1 package=$2 version flags=()
    modules=$(modules_of "$name")
    binary=program
    version=$(go_version "$name" "$package")
    # Helm knows only `v4.3` of its version unless it is told.
    if [ "$name" = helm ]; then flags=(-ldflags "-X helm.sh/helm/v4/internal/version.version=$version"); fi
    go_tool "$name" "$package" "${flags[@]+"${flags[@]}"}"
    ln -sf "../$name/program" "$cache/bin/$name"
}
