# Runs a row against a version, and says what came of it.

# The file with the result of a version: manifuzz's JSON lines.
result_file() {
    local key
    key=$( { cat "$(binary "$1")" "$(adapter)" "$manifuzz"; echo "$operation $shape"; } | sha256sum)
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

# colour VERSION: red if the defect shows, green if not, else `not tested`.
colour() {
    local file
    file=$(result_file "$1")
    if [ ! -s "$file" ]; then echo "not tested"; return; fi
    jq -rs --arg shows "$shows" '
        map(select(.outcome)) | if length == 0 or any(.outcome == "not tested") then "not tested"
        elif any(.findings[]?; .class == $shows) then "red" else "green" end' "$file"
}

# other VERSION: classes of findings besides the defect.
other() {
    local file
    file=$(result_file "$1")
    [ ! -s "$file" ] || jq -rs --arg shows "$shows" '[.[].findings[]?.class | select(. != $shows)] | unique | map(" (" + . + ")") | join("")' "$file"
}

link() { case $1 in CVE-*) echo "[$1](https://www.cve.org/CVERecord?id=$1)" ;; GHSA-*) echo "[$1](https://github.com/advisories/$1)" ;; *) echo "[${1#https://github.com/}]($1)" ;; esac; }

# The page: what was run, and what could not be.
table() {
    local each
    cat "$here/head.md"
    printf '| Defect | Report | Program | Operation and case | Has it | Fixed | Shows as |\n|---|---|---|---|---|---|---|\n'
    for each in $(ids); do
        look_up "$each"
        can_run || continue
        printf '| %s | %s | %s | %s: `%s` | %s: %s%s | %s: %s%s | `%s` |\n' "$id" "$(link "$report")" "$program" "$operation" "$shape" \
            "$bad" "$(cell "$bad")" "$(cells_other "$bad")" "$good" "$(cell "$good")" "$(cells_other "$good")" "$shows"
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

cell() { if [ -x "$(binary "$1")" ]; then colour "$1"; else echo "not installed"; fi; }
cells_other() { [ ! -x "$(binary "$1")" ] || other "$1"; }
