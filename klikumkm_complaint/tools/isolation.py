# Copyright 2026 klikUMKM contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One bad record must not hold up the others."""

from psycopg2 import Error as PostgresError


def isolate(record, method, logger):
    """Run a step for one record so that a failure stays its own.

    Where somebody else changed the record meanwhile it is left to the job's next run:
    what was done since the last commit is rolled back.

    :param str method: name of a method of the record
    :param logger: of the module that asks for it
    :return: the exception where something is wrong with the record itself, else None
    """
    env = record.env
    try:
        with env.cr.savepoint():
            getattr(record, method)()
            env.flush_all()
    except PostgresError:
        logger.info("%s of %s: left to the next run", method, record, exc_info=True)
        env.cr.rollback()
    except Exception as error:
        logger.exception("%s of %s failed", method, record)
        env.invalidate_all()
        return error
    return None
