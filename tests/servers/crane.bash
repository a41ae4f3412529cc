# The registry of go-containerregistry, which keeps everything in memory.

install_server() { go_tool crane github.com/google/go-containerregistry/cmd/crane; }

is_installed() { [ -x "$cache/crane/server" ]; }

start_server() {
    local name=$1 directory=$2 port
    choose_port
    background "$directory" crane "$cache/crane/server" registry serve --address "127.0.0.1:$port"
    answers "$directory" "$name" "http://127.0.0.1:$port/v2/" 200
    printf 'URL=http://127.0.0.1:%s/some/repo\n' "$port"
}
