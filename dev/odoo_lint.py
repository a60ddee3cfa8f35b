"""Odoo's own linters (its addon test_lint) for our addons: stdin of `dev/odoo shell`.

The classes are run from here, so that test_lint is installed in no database. They look
at all of Odoo; here at our addons only, and of what they find in the registry only what
is in our code counts. Left out, with the reason:

- TestGetTextLint, TestSqlLint, TestI18nChecks …: they test the checkers themselves.
- TestESLint: calls ESLint with options of version 8; dev/lint runs version 9.
- TestConflictMarkers: a conflict marker breaks every other tool of dev/lint.
- L10nLinter: for addons called l10n_*.
"""

import logging
import sys
import unittest
from functools import partial
from unittest.mock import PropertyMock, patch

from odoo.modules import Manifest
from odoo.tests.loader import get_module_test_cases, get_test_modules
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite
from odoo.tests.tag_selector import TagsSelector
from odoo.tools import config

from odoo.addons.test_lint.tests import (
    test_docstring,
    test_dunderinit,
    test_i18n,
    test_index,
    test_jstranslate,
    test_manifests,
    test_naming,
    test_onchange_domains,
    test_orm_import,
    test_override_signatures,
    test_pofile,
    test_pylint,
    test_routes,
    test_test_holes,
)

OURS = ("klikumkm", "klikumkm_complaint", "klikumkm_sla")
# The root addon's folder holds the others': these walk through all of it.
FILES = [
    test_i18n.TestI18n,  # words in component props without `.translate`
    test_jstranslate.TestJsTranslations,  # template strings given to _t
    test_onchange_domains.TestOnchangeDomains,  # onchange that returns a domain
    test_orm_import.TestDunderinit,  # imports from odoo.orm
    test_pylint.TestPyLint,  # SQL injection, gettext, raise in unlink
]
ADDONS = [
    test_dunderinit.TestDunderinit,  # a module without __init__.py is not packaged
    test_manifests.ManifestLinter,  # unknown keys, values that are the default
    test_pofile.PotLinter,  # duplicate terms in a template
    test_test_holes.TestTestHoles,  # test files that nobody imports
]
REGISTRY = [
    test_docstring.TestDocstring,  # a documented parameter that does not exist
    test_index.TestIndex,  # a one2many without an index on its inverse
    test_naming.TestNaming,  # parameters that RPC cannot pass
    test_override_signatures.TestLintOverrideSignatures,
    test_routes.RoutesLinter,  # an overridden route that repeats its options
]


def addon(python_module):
    parts = python_module.split(".")
    return parts[2] if parts[:2] == ["odoo", "addons"] else None


def is_ours(params):
    """Tell if a finding about a method is about our code."""
    if "module" in params:
        return params["module"] in OURS
    classes = env.registry[params["model"]].mro()  # noqa: F821 (of the shell)
    return any(
        params["method"] in cls.__dict__ and addon(cls.__module__) in OURS
        for cls in classes
    )


def has_our_field(line):
    """Tell if a line of TestIndex, `model.field (inverse of model.field)`, is ours."""
    names = (word.strip("()") for word in line.split() if "." in word)
    fields = (
        env.registry[model]._fields[field]  # noqa: F821 (of the shell)
        for model, _dot, field in (name.rpartition(".") for name in names)
    )
    return any(module in OURS for field in fields for module in field._modules)


class Result(OdooTestResult):
    """Keep the findings that are ours."""

    def __init__(self):
        super().__init__()
        self.findings = []
        self.methods = set()

    def add(self, text):
        self.findings.append(text.replace(f"{ours[0].path}/", ""))

    def logError(self, flavour, test, error):
        text = str(error[1]) or error[0].__name__
        params = getattr(test, "params", {})
        if "method" in params or "module" in params:
            if not is_ours(params):
                return
            # One method comes by in every model that inherits it.
            method = (params.get("module"), params.get("method"))
            if method[1] and method in self.methods:
                return
            self.methods.add(method)
        elif isinstance(test, test_index.TestIndex) and "(inverse of " in text:
            lines = [line for line in text.splitlines() if "(inverse of " in line]
            lines = list(filter(has_our_field, lines))
            if not lines:
                return
            text = "no index on " + "; ".join(lines)
        self.add(f"{self.getDescription(test)}: {text}")

    def addSkip(self, test, reason):
        self.add(f"{self.getDescription(test)}: skipped: {reason}")


class Warnings(logging.Handler):
    """Some classes only log what they find."""

    def __init__(self, result):
        super().__init__(logging.WARNING)
        self.result = result

    def emit(self, record):
        text = record.getMessage()
        if record.name != test_routes.__name__ or "odoo.addons.klikumkm" in text:
            self.result.add(f"{record.name.rpartition('.')[2]}: {text}")


def never_run():
    """Yield our tests that `make test` passes over: not Odoo's classes, or tags."""
    positions = [TagsSelector(position) for position in ("at_install", "post_install")]
    for name in OURS:
        asked = TagsSelector(f"/{name}")
        for module in get_test_modules(name):
            for test in get_module_test_cases(module):
                run = asked.check(test) and any(p.check(test) for p in positions)
                if not run:
                    yield f"{test.id()}: never run by Odoo"


ours = [manifest for name in OURS if (manifest := Manifest.for_addon(name))]
result = Result()
result.findings += never_run()
logger = logging.getLogger("odoo.addons.test_lint")
logger.addHandler(Warnings(result))
logger.propagate = False
# TestPyLint adds the root path itself: all of Odoo.
root = PropertyMock(return_value=ours[0].path)
# Odoo reads it (base/models/ir_module.py), its linter does not know.
keys = test_manifests.MANIFEST_KEYS | {"excludes"}
for cases, manifests in ((FILES, ours[:1]), (ADDONS + REGISTRY, ours)):
    with (
        patch.object(Manifest, "all_addon_manifests", partial(list, manifests)),
        patch.object(type(config), "root_path", root),
        patch.object(test_manifests, "MANIFEST_KEYS", keys),
    ):
        for case in cases:
            OdooSuite(unittest.defaultTestLoader.loadTestsFromTestCase(case))(result)
print(*result.findings, sep="\n")
print(f"{result.testsRun} tests, {len(result.findings)} findings")
sys.exit(bool(result.findings) or not result.testsRun)
