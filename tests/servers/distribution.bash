# distribution: version 2.8 as Debian's docker-registry, and version 3 built from its Go module.

install_server() {
    case $1 in
        docker-registry*)
            debian "$1" docker-registry docker-registry
            case $1 in
                *-token) debian "$1" openssl openssl; debian "$1" python3 python3 ;;
                *-tls) debian "$1" openssl openssl ;;
            esac
            ;;
        *) go_tool distribution github.com/distribution/distribution/v3/cmd/registry ;;
    esac
}

is_installed() {
    case $1 in
        docker-registry-token) command -v docker-registry && command -v openssl && command -v python3 ;;
        docker-registry-tls) command -v docker-registry && command -v openssl ;;
        docker-registry*) command -v docker-registry ;;
        *) [ -x "$cache/distribution/server" ] ;;
    esac >/dev/null
}

start_server() {
    local name=$1 directory=$2 port scheme=http program=docker-registry tls= auth= validation= options=() token_port=
    choose_port
    case $name in
        *-htpasswd)
            # The bcrypt hash of the password, which few systems have a program for.
            printf '%s:%s\n' "$username" '$2y$05$abcdefghijklmnopqrstuuvT3f3xKARowFbk66KkTUAcNkNX3Wnza' >"$directory/htpasswd"
            auth="auth: {htpasswd: {realm: manifuzz, path: $directory/htpasswd}}"
            printf 'USERNAME=%s\nPASSWORD=%s\n' "$username" "$password"
            ;;
        *-tls)
            certificate "$directory"
            scheme=https
            tls=", tls: {certificate: $directory/server.pem, key: $directory/server.key}"
            options=(--cacert "$directory/ca.pem")
            printf 'CA=%s\n' "$directory/ca.pem"
            ;;
        *-token)
            token_port=$port
            choose_port
            token_service "$directory" "$token_port"
            auth="auth: {token: {realm: \"http://127.0.0.1:$token_port/token\", service: manifuzz, issuer: manifuzz, rootcertbundle: $directory/token.pem}}"
            printf 'USERNAME=%s\nPASSWORD=%s\nALLOW=127.0.0.1:%s\n' "$username" "$password" "$token_port"
            ;;
        distribution-all) program=$cache/distribution/server validation='validation: {manifests: {indexes: {platforms: all}}}' ;;
        distribution-list)
            program=$cache/distribution/server
            validation='validation: {manifests: {indexes: {platforms: list, platformlist: [{architecture: amd64, os: linux}]}}}'
            ;;
    esac
    cat >"$directory/config.yml" <<CONFIG
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $directory/data}, delete: {enabled: true}}
http: {addr: "127.0.0.1:$port"$tls}
$auth
$validation
CONFIG
    # Version 3 sends traces to a collector unless told otherwise.
    OTEL_TRACES_EXPORTER=none background "$directory" registry "$program" serve "$directory/config.yml"
    answers "$directory" "$name" "$scheme://127.0.0.1:$port/v2/" '200|401' "${options[@]+"${options[@]}"}"
    printf 'URL=%s://127.0.0.1:%s/some/repo\n' "$scheme" "$port"
}

# A private CA, and a certificate of 127.0.0.1 that it signs.
certificate() {
    local directory=$1
    {
        openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=manifuzz test CA' -addext keyUsage=critical,keyCertSign \
            -keyout "$directory/ca.key" -out "$directory/ca.pem"
        openssl req -newkey rsa:2048 -nodes -subj '/CN=127.0.0.1' -keyout "$directory/server.key" -out "$directory/server.csr"
        printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth\n' >"$directory/server.ext"
        openssl x509 -req -in "$directory/server.csr" -CA "$directory/ca.pem" -CAkey "$directory/ca.key" -CAcreateserial -days 30 \
            -extfile "$directory/server.ext" -out "$directory/server.pem"
    } >"$directory/openssl.log" 2>&1 || { cat "$directory/openssl.log" >&2; fail "openssl made no certificate"; }
}

# MANIFUZZ_TOKEN_SECONDS says how long its tokens are valid.
token_service() {
    local directory=$1 port=$2
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj '/CN=manifuzz token service' -keyout "$directory/token.key" \
        -out "$directory/token.pem" >"$directory/openssl.log" 2>&1 ||
        { cat "$directory/openssl.log" >&2; fail "openssl made no certificate"; }
    background "$directory" token python3 "$here/token_service.py" --port "$port" --certificate "$directory/token.pem" \
        --key "$directory/token.key" --username "$username" --password "$password" --seconds "${MANIFUZZ_TOKEN_SECONDS:-300}"
    answers "$directory" "the token service" "http://127.0.0.1:$port/token" 401
}
