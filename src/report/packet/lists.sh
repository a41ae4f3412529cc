
# Asks for the pages of a list to which Link leads: number of the first, the most pages, headers. Page 2 of request 5 is 5_2.
turn() {
    list=$1 most=$2 turned=1 last=$1
    shift 2
    while [ "$turned" -lt "$most" ] && is "$last" 200 && is_next_link "$last"; do
        next=$(resolved "$last" "$(link_target "$last")")
        [ -n "$next" ] || return 0
        turned=$((turned + 1))
        last=${list}_$turned
        ask "$last" GET "$next" - "$@"
    done
}
# The numbers of the pages of a list, one a line.
pages() {
    echo "$1"
    turned=2
    while [ -f "$WORK/${1}_$turned.status" ] && is "${1}_$turned" 200; do
        echo "${1}_$turned"
        turned=$((turned + 1))
    done
}
# Whether the pages are the whole list. A single page that is full may be followed by others: list, and n if it was given.
is_whole() {
    for page in $(pages "$1"); do :; done
    ! has "$page" link && { [ $# -lt 2 ] || [ "$page" != "$1" ] || [ "$(count tags "$1")" -lt "$2" ]; }
}
# Whether Link leads from the last page of a list to an answer with this status: list, and the status.
leads_to() {
    turned=1
    for page in $(pages "$1"); do turned=$((turned + 1)); done
    [ -f "$WORK/${1}_$turned.status" ] && is "${1}_$turned" "$2"
}
# Whether a page has a Link that is not one to a next page.
has_bad_link() {
    for page in $(pages "$1"); do
        has "$page" link && { ! is_next_link "$page" || is_bad_url "$(link_target "$page")"; } && return 0
    done
    return 1
}
# Every page of a list with the number of the page before each line: list, and what prints the lines of a page.
paged() {
    at=0
    for page in $(pages "$1"); do
        at=$((at + 1))
        "$2" "$page" | sed "s/^/$at /"
    done
}
# Of the lines of paged: "back" if a page holds only what the pages before hold, else the first page with something again.
again() {
    awk '
        function ended() {
            if (page == "" || back) return
            if (count && !fresh) { back = 1; return }
            if (repeated && !found) found = page
            for (one in here) { before[one]; count++ }
            split("", here)
        }
        $1 != page { ended(); page = $1; fresh = 0; repeated = 0 }
        {
            if (($2 in before) || ($2 in here)) repeated = 1
            if (!($2 in before)) fresh = 1
            here[$2]
        }
        END { ended(); if (found) print found; if (back) print "back" }'
}
leads_back() { again | grep -Fxq back; }
repeats() { again | grep -Evq '^back$'; }
repeats_later() { again | grep -Evq '^(1|back)$'; }

# The elements of the first array of a list, one a line.
elements() {
    flat "$1" | awk '
        {
            depth = 0; text = 0; escape = 0; out = ""
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1)
                if (depth >= 3) out = out c
                if (text) {
                    if (escape) escape = 0
                    else if (c == "\\") escape = 1
                    else if (c == "\"") text = 0
                } else if (c == "\"") text = 1
                else if (c == "{" || c == "[") { depth++; if (depth == 3) out = c }
                else if (c == "}" || c == "]") { depth--; if (depth == 2) { print out; out = "" } }
            }
        }'
}
# Objects, one a line, without what is inside of their members.
shallow() {
    awk '
        {
            depth = 0; text = 0; escape = 0; out = ""
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1)
                closes = !text && (c == "}" || c == "]")
                if (closes) depth--
                if (depth <= 1) out = out c
                if (text) {
                    if (escape) escape = 0
                    else if (c == "\\") escape = 1
                    else if (c == "\"") text = 0
                } else if (c == "\"") text = 1
                else if (c == "{" || c == "[") depth++
            }
            print out
        }'
}
# The value of a member of shallow objects, in quotes if it is a text.
value() {
    sed -n -e "s/.*[{,] *\"$1\" *: *\(\"[^\"]*\"\).*/\1/p" -e "s/.*[{,] *\"$1\" *: *\([^\",} ][^,} ]*\).*/\1/p"
}
# The digests of a page of a list of referrers, one a line.
digests() { elements "$1" | shallow | value digest | tr -d '"'; }
# The descriptor of a digest in a list of referrers.
listed() { for page in $(pages "$1"); do elements "$page"; done | grep -F "\"$2\"" | head -n 1; }
# Whether the descriptor of a digest has another value of a member, or none: list, digest, member, value. What is escaped is not compared.
misdescribes() {
    described=$(listed "$1" "$2")
    [ -n "$described" ] || return 1
    found=$(printf '%s\n' "$described" | shallow | value "$3")
    case $found in *\\*) return 1 ;; esac
    [ "$found" != "$4" ]
}
# Whether the descriptor of a digest lacks a text, spaces around colons aside: list, digest, text.
lacks() {
    described=$(listed "$1" "$2")
    [ -n "$described" ] && ! printf '%s\n' "$described" | sed 's/" *: */":/g' | grep -Fq -e "$3"
}
# Whether a page of a list of referrers has no mediaType, or a list has another one.
is_untyped() {
    for page in $(pages "$1"); do
        holds "$page" '^ *\{' && ! flat "$page" | shallow | grep -q '"mediaType"' && return 0
    done
    return 1
}
# Whether a list has a descriptor of a manifest that does not name the subject: list, subject, the digests of what does.
is_foreign() {
    foreign=$1 subject=$2
    shift 2
    for page in $(pages "$foreign"); do digests "$page"; done | head -n 50 >"$WORK/digests"
    while read -r digest; do
        case " $* " in *" $digest "*) continue ;; esac
        case $digest in *[!A-Za-z0-9:+._=-]*) continue ;; esac
        ask foreign GET "/v2/$REPOSITORY/manifests/$digest" - "Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
        is foreign 200 && ! grep -Fq "$subject" "$WORK/foreign.body" && return 0
    done <"$WORK/digests"
    return 1
}
names_filter() { header "$1" oci-filters-applied | grep -iq artifactType; }

# The tags of a page of a list, one a line, and the last one too.
tags() { flat "$1" | sed -n 's/.*"tags" *: *\[\([^]]*\)\].*/\1/p' | tr ',' '\n' | sed -n 's/^ *"\(.*\)" *$/\1/p' | awk 1; }
all_tags() { for page in $(pages "$1"); do tags "$page"; done; }
count() { "$@" | grep -c . || true; }
is_sorted() {
    tags "$1" | sort -c 2>/dev/null || tags "$1" | tr 'A-Z' 'a-z' | sort -c 2>/dev/null ||
        tags "$1" | tr 'a-z' 'A-Z' | sort -c 2>/dev/null
}
# The name in a tag list; nothing if it is escaped.
name() { flat "$1" | shallow | value name | tr -d '"' | grep -Fv '\'; }
# Of tags, those after one, those up to one, and those that a list lacks or has.
after() { awk -v last="$1" '("" $0) > ("" last)'; }
up_to() { awk -v last="$1" '("" $0) <= ("" last)'; }
unlisted() { while read -r tag; do all_tags "$1" | grep -Fxq -e "$tag" || echo "$tag"; done; }
relisted() { while read -r tag; do all_tags "$1" | grep -Fx -e "$tag"; done; }
# Whether a page has more tags than it was asked for: list, n.
has_too_many() {
    asked=$2
    for page in $(pages "$1"); do
        [ -z "$asked" ] || [ "$(count tags "$page")" -le "$asked" ] || return 0
        asked=$(link_target "$page" | tr '?&' '\n\n' | sed -n 's/^n=\([0-9][0-9]*\)$/\1/p' | head -n 1)
    done
    return 1
}
