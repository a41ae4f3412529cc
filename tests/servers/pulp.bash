# Pulp with the plugin pulp-container, and PostgreSQL, which refuses to run as root.

install_server() {
    local log=$cache/pulp.log
    [ -n "$(postgres_programs)" ] || {
        debian "$1" postgres postgresql
        [ -n "$(postgres_programs)" ] || cannot "$1 cannot be had: initdb and postgres were not found (Debian package postgresql)"
    }
    if is_pinned pulp "$here/pulp/requirements.txt"; then return 0; fi
    command -v python3 >/dev/null || cannot "$1 cannot be had: it needs python3"
    rm -rf "$cache/pulp"
    mkdir -p "$cache/pulp"
    {
        python3 -m venv "$cache/pulp/venv"
        "$cache/pulp/venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$here/pulp/requirements.txt"
    } >"$log" 2>&1 || { tail -n 5 "$log" >&2; cannot "$1 cannot be had: its Python packages cannot be installed; the reason is in $log"; }
    set_pin pulp "$here/pulp/requirements.txt"
}

is_installed() { [ -x "$cache/pulp/venv/bin/pulpcore-api" ] && [ -n "$(postgres_programs)" ]; }

# The directory of initdb and postgres, which Debian keeps off the PATH.
postgres_programs() {
    local found
    if found=$(command -v initdb); then
        dirname "$(readlink -f "$found")"
    else
        find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1 | xargs -r dirname
    fi
}

start_server() {
    local name=$1 directory=$2 port database api content
    choose_port
    database=$port
    choose_port
    api=$port
    choose_port
    content=$port
    start_database "$name" "$directory" "$database"
    mkdir -p "$directory"/{media,work,uploads,deploy,static}
    head -c 32 /dev/urandom | base64 | tr '+/' '-_' >"$directory/encryption.key"
    cat >"$directory/settings.py" <<CONFIG
SECRET_KEY = "manifuzz"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "pulp", "HOST": "127.0.0.1", "PORT": "$database"}}
CONTENT_ORIGIN = "http://127.0.0.1:$content"
TOKEN_AUTH_DISABLED = True
MEDIA_ROOT = "$directory/media"
WORKING_DIRECTORY = "$directory/work"
FILE_UPLOAD_TEMP_DIR = "$directory/uploads"
DEPLOY_ROOT = "$directory/deploy"
STATIC_ROOT = "$directory/static"
DB_ENCRYPTION_KEY = "$directory/encryption.key"
CACHE_ENABLED = False
# The default hash takes most of a second for each request with Basic credentials.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ANALYTICS = False
CONFIG
    export PULP_SETTINGS=$directory/settings.py DJANGO_SETTINGS_MODULE=pulpcore.app.settings
    PATH=$cache/pulp/venv/bin:$PATH
    {
        pulpcore-manager migrate --noinput
        pulpcore-manager reset-admin-password --password "$password"
    } >"$directory/setup.log" 2>&1 || { tail -n 20 "$directory/setup.log" >&2; fail "$name cannot be set up; the log is $directory/setup.log"; }
    background "$directory" content pulpcore-content -b "127.0.0.1:$content"
    background "$directory" worker pulpcore-worker
    background "$directory" api pulpcore-api -b "127.0.0.1:$api" --workers 2
    answers "$directory" "$name" "http://127.0.0.1:$content/pulp/content/" 200
    answers "$directory" "$name" "http://127.0.0.1:$api/v2/" '200|401'
    printf 'USERNAME=admin\nPASSWORD=%s\nFOLLOW=127.0.0.1:%s\nURL=http://127.0.0.1:%s/some/repo\n' "$password" "$content" "$api"
}

# PostgreSQL with its default database, for the user pulp.
start_database() {
    local name=$1 directory=$2 port=$3 programs
    programs=$(postgres_programs)
    mkdir "$directory/database"
    give_to_unprivileged "$directory" "$directory/database"
    "${unprivileged[@]}" "$programs/initdb" --username pulp --auth trust --pgdata "$directory/database" >"$directory/initdb.log" 2>&1 ||
        { tail -n 20 "$directory/initdb.log" >&2; fail "$name cannot be set up; the log is $directory/initdb.log"; }
    background "$directory" database "${unprivileged[@]}" "$programs/postgres" -D "$directory/database" -h 127.0.0.1 -p "$port" \
        -c unix_socket_directories= -c fsync=off
    local _
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 0
        sleep 0.1
    done
    fail "$name: PostgreSQL does not listen; its log is $directory/database.log"
}
