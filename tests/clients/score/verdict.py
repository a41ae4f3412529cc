"""Says what came of a row: `verdict.py RESULT CLASS` reads manifuzz's JSON lines and prints the colour, then the other classes."""

import json
import sys

path, shows = sys.argv[1:]
with open(path, encoding="utf-8") as lines:
    runs = [run for run in map(json.loads, lines) if "outcome" in run]
classes = {finding["class"] for run in runs for finding in run["findings"]}
if not runs or any(run["outcome"] == "not tested" for run in runs):
    print("not tested")
else:
    print("red" if shows in classes else "green")
print("".join(f" ({other})" for other in sorted(classes - {shows})))
