"""What count_tests.py makes of lines as Odoo 19 logs them (run by dev/lint)."""

import contextlib
import io
import tempfile
import unittest

from count_tests import main

SLA = "odoo.addons.klikumkm_sla.tests.test_clock"
CASE = "odoo.addons.klikumkm_complaint.tests.test_clock"
END = "odoo.tests.result: 0 failed, 0 error(s) of %d tests when loading database 'd'"


def counted(*messages, status=0):
    """Return the exit status and the last line for a log of such messages."""
    with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
        for message in messages:
            level, _space, text = message.partition(" ")
            log.write(f"2026-11-22 14:10:44,634 30380 {level} d {text}\n")
        log.flush()
        with contextlib.redirect_stdout(io.StringIO()) as output:
            result = main(log.name, status)
    return result, output.getvalue().splitlines()[-1]


def started(name, module=SLA):
    return f"INFO {module}: Starting {name} ... "


class TestCountTests(unittest.TestCase):
    def check(self, expected, *messages, status=0):
        self.assertEqual(counted(*messages, status=status), expected)

    def test_all_passed(self):
        self.check((0, "1 passed, 0 failed"), started("T.test_a"), "INFO " + END % 1)

    def test_same_name_in_two_addons(self):
        self.check(
            (1, "1 passed, 1 failed"),
            started("T.test_a"),
            f"ERROR {SLA}: FAIL: T.test_a\nTraceback",
            started("T.test_a", CASE),
            "ERROR " + END % 2,
            status=1,
        )

    def test_one_test_with_several_subtests_failing(self):
        self.check(
            (1, "0 passed, 1 failed"),
            started("T.test_a"),
            f"ERROR {SLA}: FAIL: Subtest T.test_a (i=0)",
            f"ERROR {SLA}: ERROR: Subtest T.test_a [x] (i='b c')",
            "ERROR " + END % 1,
            status=1,
        )

    def test_skips_are_failures(self):
        self.check(
            (1, "1 passed, 3 failed"),
            started("T.test_a"),
            f"INFO {SLA}: skipped T.test_a : no : browser ",
            started("T.test_b"),
            f"INFO {SLA}: skipped Subtest T.test_b (x=1) : no browser ",
            f"INFO odoo.tests.suite: skipped setUpClass ({SLA}.Gone) : no browser ",
            started("T.test_c"),
            "INFO " + END % 3,
        )

    def test_class_that_fails_before_or_after_its_tests(self):
        self.check(
            (1, "1 passed, 2 failed"),
            f"ERROR odoo.tests.suite: ERROR: setUpClass ({SLA}.Never)",
            started("T.test_a"),
            f"ERROR odoo.tests.suite: ERROR: tearDownClass ({SLA}.T)",
            "ERROR " + END % 1,
            status=1,
        )

    def test_nothing_ran(self):
        self.check((1, "0 passed, 1 failed"), "WARNING " + END % 0)
        self.check((1, "0 passed, 1 failed"))

    def test_import_error(self):
        error = "CRITICAL odoo.service.server: Failed to initialize database `d`."
        self.check((1, "0 passed, 1 failed"), error, status=255)

    def test_killed_on_the_way(self):
        self.check((1, "1 passed, 1 failed"), started("T.test_a"), status=137)

    def test_error_outside_of_tests(self):
        messages = started("T.test_a"), "ERROR odoo.http: bad", "INFO " + END % 1
        self.check((1, "1 passed, 1 failed"), *messages)

    def test_exit_status_alone(self):
        messages = started("T.test_a"), "INFO " + END % 1
        self.check((1, "1 passed, 1 failed"), *messages, status=1)


if __name__ == "__main__":
    unittest.main()
