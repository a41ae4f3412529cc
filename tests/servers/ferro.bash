# ferro-oci-server, which keeps everything in memory unless it is given a directory.

install_server() { crate ferro ferro-oci-server; }

is_installed() { [ -x "$cache/ferro/bin/ferro-oci-server" ]; }

start_server() {
    local name=$1 directory=$2 port
    choose_port
    FERRO_OCI_LISTEN=127.0.0.1:$port RUST_LOG=error background "$directory" ferro "$cache/ferro/bin/ferro-oci-server"
    answers "$directory" "$name" "http://127.0.0.1:$port/v2/" 200
    printf 'URL=http://127.0.0.1:%s/some/repo\n' "$port"
}
