# Gitea with SQLite. It refuses to run as root, and repositories belong to an owner, who has to exist.

install_server() {
    local module=$here/go/gitea source
    if is_pinned gitea "$module/go.mod" "$module/go.sum"; then return 0; fi
    command -v go >/dev/null || cannot "$1 cannot be had: it is built by Go, which is not on the PATH"
    command -v git >/dev/null || cannot "$1 cannot be had: it needs git on the PATH (Debian package git)"
    command -v "${CC:-cc}" >/dev/null || cannot "$1 cannot be had: its SQLite needs a C compiler (Debian package gcc)"
    mkdir -p "$cache/gitea"
    # It reads templates and options at run time, and another user may not read Go's module cache.
    go -C "$module" mod download code.gitea.io/gitea || cannot "$1 cannot be had: Go cannot download code.gitea.io/gitea"
    source=$(go -C "$module" list -m -f '{{.Dir}}' code.gitea.io/gitea)
    rm -rf "$cache/gitea/static"
    mkdir "$cache/gitea/static"
    cp -R "$source/templates" "$source/options" "$source/public" "$cache/gitea/static/"
    chmod -R u+w,a+rX "$cache/gitea/static"
    CGO_ENABLED=1 go_tool gitea code.gitea.io/gitea -tags 'sqlite sqlite_unlock_notify'
}

is_installed() { [ -x "$cache/gitea/server" ] && [ -d "$cache/gitea/static" ]; }

start_server() {
    local name=$1 directory=$2 port program=$cache/gitea/server static=$cache/gitea/static
    mkdir "$directory/data"
    if ! "${unprivileged[@]}" test -x "$program" || ! "${unprivileged[@]}" test -r "$static/options"; then
        cp -R "$program" "$static" "$directory/"
        program=$directory/server static=$directory/static
    fi
    choose_port
    cat >"$directory/data/app.ini" <<CONFIG
RUN_USER = $(unprivileged_user)
WORK_PATH = $directory/data
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = $port
ROOT_URL = http://127.0.0.1:$port/
STATIC_ROOT_PATH = $static
OFFLINE_MODE = true
DISABLE_SSH = true
[database]
DB_TYPE = sqlite3
PATH = $directory/data/gitea.db
[security]
INSTALL_LOCK = true
SECRET_KEY = manifuzz
[packages]
ENABLED = true
[log]
LEVEL = Error
CONFIG
    give_to_unprivileged "$directory"
    # With a home directory from here, because it writes SSH and Git configuration to it.
    local command=("${unprivileged[@]}" HOME="$directory/data" "$program" --config "$directory/data/app.ini")
    {
        "${command[@]}" migrate
        "${command[@]}" admin user create --username "$username" --password "$password" --email fuzz@example.invalid --admin \
            --must-change-password=false
    } >"$directory/setup.log" 2>&1 || { tail -n 20 "$directory/setup.log" >&2; fail "$name cannot be set up; the log is $directory/setup.log"; }
    background "$directory" gitea "${command[@]}" web
    answers "$directory" "$name" "http://127.0.0.1:$port/v2/" 401
    printf 'USERNAME=%s\nPASSWORD=%s\nURL=http://127.0.0.1:%s/%s/repo\n' "$username" "$password" "$port" "$username"
}
