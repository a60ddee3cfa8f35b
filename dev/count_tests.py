"""Count what Odoo's test log says: `count_tests.py LOG EXIT_STATUS`.

Prints failures, errors, skips and unexpected warnings, then the line `N passed, N failed`. A
skipped test counts as failed: here nothing that a test needs may be missing. Exits with 1
unless at least one test ran and all of them passed.
"""

import re
import sys

ANSI = re.compile(r"\x1b\[[0-9;]*m")
LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) (?P<rest>.*)")
STARTED = re.compile(r"odoo\.addons\.\S+: Starting (\S+) \.\.\.")
BAD = re.compile(r": (?:FAIL|ERROR): (?:Subtest )?(\S+)")
SKIPPED = re.compile(r": skipped (\S+) : (.*)")
SETUP_ERROR = re.compile(r": ERROR: (?:setUpClass|tearDownClass) \((\S+)\)")


def main(path, exit_status):
    started, bad, skipped, problems = set(), set(), set(), []
    count = 0
    shown = False
    for line in open(path, encoding="utf-8", errors="replace"):
        line = ANSI.sub("", line.rstrip("\n"))
        match = LINE.match(line)
        if match:
            rest = match["rest"]
            shown = match["level"] in ("ERROR", "CRITICAL", "WARNING")
            if found := STARTED.search(rest):
                count += 1
                started.add(found[1])
            elif found := SETUP_ERROR.search(rest):
                bad.add(found[1])
            elif found := BAD.search(rest):
                bad.add(found[1])
            elif found := SKIPPED.search(rest):
                skipped.add(found[1])
                shown = True
            elif match["level"] in ("ERROR", "CRITICAL"):
                problems.append(rest)
        if shown:
            print(line)
    failed = len(bad) + len(skipped)
    passed = max(count - failed, 0)
    if not failed and (problems or exit_status):
        print(f"no test failed, but Odoo exited with {exit_status} and logged", end=" ")
        print(f"{len(problems)} error(s)")
        failed = max(len(problems), 1)
    if not count:
        print("no test ran")
        failed = max(failed, 1)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
