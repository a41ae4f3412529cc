# Runs a row against a version, and says what came of it.

# The file with the result of a version: manifuzz's JSON lines.
result_file() {
    local key
    # A program is known by its size and time, because reading all of it takes long.
    key=$( { stat -c '%s %Y' "$(binary "$1")" "$manifuzz"; cat "$(adapter)"; echo "$operation $shape"; } | sha256sum)
    echo "$cache/results/$id@$1-${key:0:16}.jsonl"
}

# The adapter is one of the score's own, or one that manifuzz has.
adapter() { if [ -f "$here/adapters/$program.toml" ]; then echo "$here/adapters/$program.toml"; else echo "$root/clients/$program.toml"; fi; }

# result VERSION
result() {
    local file variable
    file=$(result_file "$1")
    if [ -s "$file" ]; then return 0; fi
    variable=${program^^}
    variable=MANIFUZZ_CLIENT_${variable//-/_}
    # 1 says that there are findings.
    env MANIFUZZ_CLIENTS="$here/adapters" "$variable=$(binary "$1")" \
        "$manifuzz" clients "$program" --shape "$shape" --operation "$operation" --format json >"$file.new" || [ $? = 1 ] ||
        { rm -f "$file.new"; fail "cannot run $id against $program $1; manifuzz's message is above"; }
    mv "$file.new" "$file"
}

# verdict VERSION LINE: 1 is the colour, 2 the classes of other findings.
verdict() {
    local file
    file=$(result_file "$1")
    if [ -s "$file" ]; then python3 "$here/verdict.py" "$file" "$shows" | sed -n "$2p"; elif [ "$2" = 1 ]; then echo "not tested"; fi
}

link() {
    local name=${1#https://github.com/}
    case $1 in
        CVE-*) echo "[$1](https://www.cve.org/CVERecord?id=$1)" ;;
        GHSA-*) echo "[$1](https://github.com/advisories/$1)" ;;
        *) name=${name/\/issues\//#}; echo "[${name/\/pull\//#}]($1)" ;;
    esac
}

# The page: what was run, and what could not be.
table() {
    local each
    cat "$here/head.md"
    printf '| Defect | Report | Program | Operation and case | Has it | Fixed | Shows as |\n|---|---|---|---|---|---|---|\n'
    for each in $(ids); do
        look_up "$each"
        can_run || continue
        printf '| %s | %s | %s | %s: `%s` | %s | %s | `%s` |\n' "$id" "$(link "$report")" "$program" "$operation" "$shape" \
            "$(cell "$bad")" "$(cell "$good")" "$shows"
    done
    printf '\n## Not run\n\n| Defect | Report | Why |\n|---|---|---|\n'
    for each in $(ids); do
        look_up "$each"
        can_run || printf '| %s | %s | %s |\n' "$id" "$(link "$report")" "$note"
    done
    printf '\n## Notes\n\n'
    for each in $(ids); do
        look_up "$each"
        ! can_run || printf -- '- %s: %s.\n' "$id" "$note"
    done
}

# cell VERSION: what the page says of a version.
cell() { if [ -x "$(binary "$1")" ]; then echo "$1: $(verdict "$1" 1)$(verdict "$1" 2)"; else echo "$1: not installed"; fi; }
