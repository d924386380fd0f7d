"""The SQL of a Django project's migrations, and what django-migration-linter says of each: for script/bench migrate agree.

    PYTHON migrate_django.py FOLDER    with DJANGO_SETTINGS_MODULE, its database empty

PYTHON is the project's own. Each migration is printed as sqlmigrate prints it, at the state of the database before it, then run.
FOLDER gets NUMBER_app.name.up.sql and told.json: {"file": {"atomic": true, "codes": ["DROP_COLUMN", ...]}}.
"""
import json
import pathlib
import sys

import django


def main(folder):
    django.setup()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.models.signals import post_migrate, pre_migrate
    from django_migration_linter.sql_analyser import PostgresqlAnalyser, analyse_sql_statements

    executor = MigrationExecutor(connection)
    executor.recorder.ensure_schema()
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = executor._create_project_state(with_applied_migrations=True)
    told, broken = {}, 0
    for number, (migration, _) in enumerate(plan):
        name = f"{number:05}_{migration.app_label}.{migration.name}.up.sql"
        try:
            with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
                migration.apply(state.clone(), editor, collect_sql=True)
            statements = editor.collected_sql
        except Exception as error:  # what a migration does in Python needs rows
            print(f"{name}: no SQL: {str(error).splitlines()[0]}", file=sys.stderr)
            statements, broken = None, broken + 1
        if statements is not None:
            whole = ["BEGIN;", *statements, "COMMIT;"] if migration.atomic else statements  # as sqlmigrate prints it
            errors, _, warnings = analyse_sql_statements(PostgresqlAnalyser, "\n".join(whole).splitlines())
            if any(not line.startswith("--") for line in statements):
                (folder / name).write_text("\n".join(statements) + "\n")
                told[name] = {"atomic": migration.atomic, "codes": [one.code for one in errors + warnings]}
        with connection.schema_editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
        executor.recorder.record_applied(migration.app_label, migration.name)
    (folder / "told.json").write_text(json.dumps(told))
    print(f"{len(plan)} migrations, {len(told)} with SQL, {broken} without it as they need rows")


main(pathlib.Path(sys.argv[1]))
