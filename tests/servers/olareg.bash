# olareg, which keeps everything in memory here.

install_server() { go_tool olareg github.com/olareg/olareg/cmd/olareg; }

is_installed() { [ -x "$cache/olareg/server" ]; }

start_server() {
    local name=$1 directory=$2 port
    choose_port
    # Even in memory it looks up in a directory what it does not have, by default in the current one. Deletion is off unless asked for.
    mkdir "$directory/data"
    background "$directory" olareg "$cache/olareg/server" serve --addr 127.0.0.1 --port "$port" --store-type mem --dir "$directory/data" \
        --api-delete --api-blob-delete
    answers "$directory" "$name" "http://127.0.0.1:$port/v2/" 200
    printf 'URL=http://127.0.0.1:%s/some/repo\n' "$port"
}
