"""Prints the failures of a JUnit report of the conformance program as CSV rows that two runs share."""

import collections
import csv
import re
import sys
import xml.etree.ElementTree

FAILED = ("failure", "error")

# What differs from run to run, and what is written in its place. Order matters: a body may contain all of the others.
RANDOM = [
    (r"(body contents mismatch), expected .*", r"\1"),
    (r"sha256:[0-9a-f]{64}", "sha256:{digest}"),
    (r"sha512:[0-9a-f]{128}", "sha512:{digest}"),
    (r"127\.0\.0\.1:\d+", "{host}"),
    (r"0x[0-9a-f]+", "{pointer}"),
    (r"Size:\d+", "Size:{size}"),
    (r"\"\d+\"", '"{number}"'),
]

# The program prints these lines between the bodies that it compares.
BETWEEN_BODIES = "--- "


def stable(line):
    for pattern, place in RANDOM:
        line = re.sub(pattern, place, line)
    return line


def failures(report):
    """Test and message of every failed leaf of the report."""
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        if case.get("status") in FAILED:
            test = case.get("name").removeprefix("OCI Conformance Test/")
            lines = [line.strip() for line in case.findtext("system-out", "").splitlines()]
            lines = {stable(line) for line in lines if line and not line.startswith(BETWEEN_BODIES)}
            yield test, " | ".join(sorted(lines))


def main():
    registry, spec, report = sys.argv[1:]
    counted = collections.Counter(failures(report))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for (test, message), count in sorted(counted.items()):
        writer.writerow([registry, spec, test, count, message])


main()
