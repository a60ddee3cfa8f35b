# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A worker in a process of its own: python sweeper.py CONFIGURATION DATABASE BATCH STOP

It says "ready", waits for a line, and sweeps in batches of BATCH clocks, in real time.
Before it commits batch STOP (0: never) it says "half way" and does not go on.
Run by test_workers.py.
"""

import logging
import sys
from unittest.mock import patch

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def tell(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def sweep(env, stop):
    Cron = type(env["ir.cron"])
    commit, batches = Cron._commit_progress, iter(range(1, sys.maxsize))

    def commit_progress(cron, *args, **kwargs):
        if next(batches) == stop:
            cron.env.flush_all()
            tell("half way")
            sys.stdin.read()
        return commit(cron, *args, **kwargs)

    with patch.object(Cron, "_commit_progress", commit_progress):
        env["klikumkm.sla.clock"]._cron_sweep()


def main(configuration, database, batch, stop):
    config.parse_config(["-c", configuration])
    registry = Registry(database)
    sys.modules["odoo.addons.klikumkm_sla.models.sla_clock"].BATCH = int(batch)
    # another worker was faster: as expected
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
    tell("ready")
    sys.stdin.readline()
    while True:
        try:
            with registry.cursor() as cr:
                sweep(api.Environment(cr, SUPERUSER_ID, {}), int(stop))
            break
        except OperationalError:
            continue  # as the scheduler, which runs again what failed
    tell("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
