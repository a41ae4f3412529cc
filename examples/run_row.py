#!/usr/bin/env python3
"""Runs one row of a corpus without manifuzz: run_row.py CORPUS ID|KEY http://HOST:PORT/REPOSITORY

Prints the status of the tested request. Exit 0 if the row's status shows again at its stage, 1 if not, 2 if the row is unknown or
the arguments are wrong.
"""
import base64, csv, http.client, json, os, re, sys, time
from urllib.parse import urljoin, urlsplit

def body_of(request, folder):
    """The bytes of a request: parts, runs, or a file beside the corpus."""
    body = request.get("body", [])
    if isinstance(body, dict):
        return open(os.path.join(folder, body["file"]), "rb").read()
    return b"".join(base64.b64decode(part.get("base64") or part["repeat"]) * part.get("times", 1) for part in body)

def listed(requests, folder):
    """A list that is too long for the row lies in a file."""
    if requests and "file" in requests[0]:
        return json.load(open(os.path.join(folder, requests[0]["file"])))
    return requests

def is_due(request, answers):
    """Whether one of the answers before has a status under which the request is sent."""
    def has(one):
        status = answers.get(one["script"], ("",))[0]
        return status[:1] + "xx" in one["statuses"] or status in map(str, one["statuses"])
    return "when" not in request or any(map(has, request["when"]))

def main(corpus, wanted, url):
    csv.field_size_limit(1 << 30)
    rows = csv.DictReader(open(corpus, newline="", encoding="utf-8"))
    row = next((row for row in rows if wanted in (row["id"], row["key"])), None)
    if row is None:
        print(f"{corpus} has no row {wanted}", file=sys.stderr)
        return 2
    folder, place, tag = os.path.dirname(corpus), urlsplit(url), f"row-{os.getpid()}-{time.time_ns():x}"
    case = json.loads(row["request"])
    tested = {"stage": "manifest-put", **case}
    if row["body_base64"] and "script" not in case:
        tested["body"] = [{"base64": row["body_base64"]}]
    location, statuses, answers = "", [], {}
    for request in listed(case["before"], folder) + [tested] + listed(case["after"], folder):
        named = re.match(r"\{location:(\d+)\}", request["path"])
        if named:
            location = answers.get(int(named[1]), ("", {}, ""))[2]
            request["path"] = "{location}" + request["path"][named.end():]
        if "{location}" in request["path"] and not location or not is_due(request, answers):
            location = "" if "script" in request else location
            continue  # The answer before names no place, or is not the one under which this is sent.
        path = request["path"].replace("{repository}", place.path.strip("/")).replace("{tag}", tag)
        path = re.sub(r"\{tag:(\d+)\}", lambda form: tag.ljust(int(form[1]), "t"), path)
        path = path.replace("{location}?", location + ("&" if "?" in location else "?")).replace("{location}", location)
        to = urlsplit(urljoin(url, path)) if "://" in path else place
        kind = http.client.HTTPSConnection if to.scheme == "https" else http.client.HTTPConnection
        connection = kind(to.netloc, timeout=30)
        connection.putrequest(request["method"], path.split(to.netloc, 1)[-1], skip_accept_encoding=True)
        for name, value in request["headers"].items():
            echoed = re.fullmatch(r"\{([a-z-]+):(\d+)\}", value)
            connection.putheader(name, answers[int(echoed[2])][1].get(echoed[1], "") if echoed else value)
        status = ""  # No answer.
        try:
            body = body_of(request, folder)
            connection.endheaders(body or None, encode_chunked="Transfer-Encoding" in request["headers"])
            answer = connection.getresponse()
            status = str(answer.status)
            if request is tested or request["stage"] == "blob-upload" or "script" in request:
                stays = location if status != "201" and "{location}" in request["path"] else ""
                location = answer.headers.get("Location", stays)
            answers[request.get("script")] = (status, answer.headers, location)
        except (http.client.HTTPException, OSError):
            pass
        if request is tested:
            print(status or "no answer")
        statuses.append(("manifest-put" if row["stage"] == "residue" else row["stage"]) == request["stage"] and status)
    return 0 if row["status"] in [status for status in statuses if status is not False] else 1

if len(sys.argv) != 4 or urlsplit(sys.argv[3]).scheme not in ("http", "https"):
    print(__doc__, file=sys.stderr)
    sys.exit(2)
sys.exit(main(*sys.argv[1:]))
