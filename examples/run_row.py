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

def main(corpus, wanted, url):
    csv.field_size_limit(1 << 30)
    rows = csv.DictReader(open(corpus, newline="", encoding="utf-8"))
    row = next((row for row in rows if wanted in (row["id"], row["key"])), None)
    if row is None:
        print(f"{corpus} has no row {wanted}", file=sys.stderr)
        return 2
    folder, place, tag = os.path.dirname(corpus), urlsplit(url), f"row-{os.getpid()}-{time.time_ns():x}"
    case = json.loads(row["request"])
    tested = {**case, "stage": "manifest-put"}
    if row["body_base64"]:
        tested["body"] = [{"base64": row["body_base64"]}]
    location, statuses = "", []
    for request in listed(case["before"], folder) + [tested] + listed(case["after"], folder):
        if "{location}" in request["path"] and not location:
            continue  # The answer before names no place.
        path = request["path"].replace("{repository}", place.path.strip("/")).replace("{tag}", tag)
        path = re.sub(r"\{tag:(\d+)\}", lambda form: tag.ljust(int(form[1]), "t"), path)
        path = path.replace("{location}?", location + ("&" if "?" in location else "?")).replace("{location}", location)
        to = urlsplit(urljoin(url, path)) if "://" in path else place
        kind = http.client.HTTPSConnection if to.scheme == "https" else http.client.HTTPConnection
        connection = kind(to.netloc, timeout=30)
        connection.putrequest(request["method"], path.split(to.netloc, 1)[-1], skip_accept_encoding=True)
        for header in request["headers"].items():
            connection.putheader(*header)
        status = ""  # No answer.
        try:
            body = body_of(request, folder)
            connection.endheaders(body or None, encode_chunked="Transfer-Encoding" in request["headers"])
            answer = connection.getresponse()
            status = str(answer.status)
            if request is tested or request["stage"] == "blob-upload":
                location = answer.headers.get("Location", "")
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
