#!/bin/sh
# Written by `fairlead init --production`; yours to change. Runs once, when the database's volume is new: the application
# owns its database and is no superuser.
set -eu
psql --username "${POSTGRES_USER:-postgres}" --dbname postgres --set ON_ERROR_STOP=1 --set name=kit_app --set password="$DB_PASSWORD" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
SQL
