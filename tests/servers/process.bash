# Processes and ports: starting in the background, waiting until a server answers, ending by recorded process ids.

reserved=()

# Sets `port` to one where nothing listens. Below the range from which systems take ports for clients, and reserved by a
# directory until the server listens, so that two starts at the same time choose different ones.
choose_port() {
    local _ reservation
    for _ in $(seq 100); do
        port=$((20000 + RANDOM % 12000))
        reservation=${TMPDIR:-/tmp}/manifuzz-port-$port
        mkdir "$reservation" 2>/dev/null || continue
        reserved+=("$reservation")
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
    done
    fail "no free port was found on 127.0.0.1"
}

release_ports() {
    local reservation
    for reservation in "${reserved[@]+"${reserved[@]}"}"; do rmdir "$reservation" 2>/dev/null || true; done
}

# background DIRECTORY NAME COMMAND…: starts it with its output in DIRECTORY/NAME.log and records the process.
background() {
    local directory=$1 name=$2
    shift 2
    "$@" </dev/null >"$directory/$name.log" 2>&1 &
    record "$directory" "$name" "$!"
}

# The time of the start tells the process from a later one with the same id.
record() { printf '%s %s %s\n' "$3" "$2" "$(ps -o lstart= -p "$3" 2>/dev/null | tr -s ' ' '_')" >>"$1/processes"; }

is_running() { [ "$(ps -o lstart= -p "$1" 2>/dev/null | tr -s ' ' '_')" = "$2" ]; }

pids_of() { awk '{ printf "%s%s", sep, $1; sep = " " }' "$1/processes"; }

# answers DIRECTORY NAME URL STATUSES [CURL OPTIONS…]: waits at most a minute for one of the statuses (`200|401`).
answers() {
    local directory=$1 name=$2 url=$3 statuses=$4 status _
    shift 4
    for _ in $(seq 300); do
        all_run "$directory" || { tail -n 20 "$directory"/*.log >&2; fail "$name ended instead of listening; its logs are in $directory"; }
        status=$(curl --silent --output /dev/null --max-time 5 --write-out '%{http_code}' "$@" "$url" || true)
        if [[ $status =~ ^($statuses)$ ]]; then
            # A server that found its port taken ends a little later than the one that took it answers.
            sleep 0.2
            all_run "$directory" && return 0
        fi
        sleep 0.2
    done
    tail -n 20 "$directory"/*.log >&2
    fail "$name does not answer $url with $statuses within a minute; its logs are in $directory"
}

all_run() {
    local pid name started
    while read -r pid name started; do
        is_running "$pid" "$started" || return 1
    done <"$1/processes"
}

# Ends the recorded processes, the last started first: a server before its database.
stop_processes() {
    local pid name started _
    [ -f "$1/processes" ] || return 0
    while read -r pid name started; do
        is_running "$pid" "$started" || continue
        kill "$pid" 2>/dev/null || continue
        for _ in $(seq 100); do
            is_running "$pid" "$started" || continue 2
            sleep 0.1
        done
        kill -9 "$pid" 2>/dev/null || true
    done < <(awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }' "$1/processes")
}

# The start of a command line for programs that refuse to run as root. It replaces itself by the program, so that the
# recorded process is the program.
unprivileged=(env)
if [ "$(id -u)" = 0 ]; then
    unprivileged=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups env USER=nobody)
fi

give_to_unprivileged() { if [ "$(id -u)" = 0 ]; then chown -R nobody "$@"; fi; }
unprivileged_user() { if [ "$(id -u)" = 0 ]; then echo nobody; else id -un; fi; }
