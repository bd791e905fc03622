"""The schema of the data folder's database."""

from __future__ import annotations

from sekimori.settings import Settings


def ensure_schema(settings: Settings) -> None:
    """Run outstanding migrations, quietly, under a lock: two commands started at once both find a whole schema.

    Functions of the interval store belong to the program's version: a new one may need no migration and still bring others.
    """
    import fcntl

    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from sekimori.assignments.schema import install

    with (settings.data / "schema.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            from django.core.management import call_command

            call_command("migrate", interactive=False, verbosity=0)
        else:
            install()
