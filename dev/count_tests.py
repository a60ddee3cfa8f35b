"""Count what Odoo's test log says: `count_tests.py LOG EXIT_STATUS`.

Prints failures, errors, skips and warnings as they were logged, the names of the tests
that did not pass, then the line `N passed, N failed`. A skipped test counts as failed:
here nothing that a test needs may be missing. A class whose set-up or tear-down fails
counts as one. Exits with 1 unless a test ran, all passed, Odoo logged no error and came
to its end.
"""

import re
import sys

ANSI = re.compile(r"\x1b\[[0-9;]*m")
LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ "
    r"(?P<logger>[\w.]+): (?P<text>.*)"
)
STARTED = re.compile(r"Starting (\S+) \.\.\.")
BAD = re.compile(
    r"(?:FAIL|ERROR|skipped):? (?:Subtest )?(?P<name>\S+)(?: \((?P<path>\S+)\))?"
)
END = re.compile(r"\d+ failed, \d+ error\(s\) of (\d+) tests when loading database")
CLASS_LEVEL = ("setUpClass", "tearDownClass")


def name_of(logger, name, path):
    """Name a test, or a class, so that no other addon's can be taken for it."""
    if name in CLASS_LEVEL and path:
        return f"{path.removeprefix('odoo.addons.')} {name}"
    return f"{logger.removeprefix('odoo.addons.')}.{name}"


def read(lines):
    """Return the names of started and of bad tests, other errors, the count at the end.

    What has to be seen is printed on the way.
    """
    started, bad, errors, total = [], set(), [], None
    shown = False
    for line in lines:
        line = ANSI.sub("", line.rstrip("\n"))
        if match := LINE.match(line):
            level, logger, text = match.groups()
            shown = level in ("ERROR", "CRITICAL", "WARNING")
            of_a_test = ".tests." in logger
            if of_a_test and (found := STARTED.match(text)):
                started.append(name_of(logger, found[1], None))
            elif of_a_test and (found := BAD.match(text)):
                bad.add(name_of(logger, found["name"], found["path"]))
                shown = True
            elif found := END.match(text):
                total = int(found[1])
                shown = False
            elif level in ("ERROR", "CRITICAL"):
                errors.append(text)
        if shown:
            print(line)
    return started, bad, errors, total


def main(path, exit_status):
    with open(path, encoding="utf-8", errors="replace") as log:
        started, bad, errors, total = read(log)
    passed = len(set(started) - bad)
    failed = len(bad)
    for name in sorted(bad):
        print(f"not passed: {name}")
    problems = []
    if not started:
        problems.append("no test ran")
    if total is None:
        problems.append("Odoo did not come to its end")
    elif total != len(started):
        problems.append(f"Odoo counted {total} tests, its log shows {len(started)}")
    if not failed and exit_status:
        problems.append(f"no test failed, but Odoo exited with {exit_status}")
    if not failed and errors:
        problems.append(f"no test failed, but Odoo logged {len(errors)} error(s)")
    print(*problems, sep="\n", end="\n" if problems else "")
    failed += bool(problems) and not failed
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
