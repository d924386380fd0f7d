"""Runs the migrations where the database is reached from containers only. On a host fairlead-deploy does (deploy.migrate)."""
import pathlib

import store

for file in sorted(pathlib.Path(__file__).parent.glob("migrations/*.up.sql")):
    store.query(store.database(), file.read_text())
