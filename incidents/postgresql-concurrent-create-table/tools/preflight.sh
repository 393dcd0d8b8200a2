#!/usr/bin/env bash
# Tells what a database has under the name of a table that a server needs. See --help.
set -euo pipefail

help() {
  cat <<'HELP'
Usage: preflight.sh TABLE [SCHEMA]

Asks the catalog what TABLE is in SCHEMA (default: public), and says what that means for a start
that failed, or that is to come. The database is the one in DATABASE_URL, or in PGHOST, PGDATABASE
and so on; psql must be installed.

It is safe to run against production: one read-only transaction that takes no lock on any table,
waits at most 1 s for a lock and runs at most 5 s.

Exit codes:
   0  a table: it exists, so a start creates nothing. After "pg_type_typname_nsp_index" that fits
      the race: restart the failed instances, one at a time
  10  nothing: the table is missing. Create it once, before any server starts
  11  an enum type   } a stray type has taken the name, so every start fails (42710) until it has
  12  a domain       } another name; this is not the race. Except for a type that Sequelize makes
  13  a range type   } for an ENUM column (enum_...): then 0
  14  a composite type: CREATE TABLE IF NOT EXISTS skips it in silence, and writes fail (42809)
  15  a view, a sequence, an index or a foreign table has the name
  16  nothing in this schema, but a table in another one: look at the server's search_path
   2  wrong usage
   3  the database could not be asked: no psql, no connection, no permission, or it took too long
HELP
}

case ${1-} in
  -h | --help) help; exit 0 ;;
  '' | -*) echo "Name a table" >&2; help >&2; exit 2 ;;
esac
[ $# -le 2 ] || { echo "Name one table and at most one schema" >&2; help >&2; exit 2; }
table=$1 schema=${2:-public}
command -v psql > /dev/null || { echo "psql is not installed" >&2; exit 3; }

# The names go in as variables of psql, which quotes them; they are never part of the SQL's text.
found=$(PGCONNECT_TIMEOUT=10 psql ${DATABASE_URL:+"$DATABASE_URL"} -XAtqw \
  -v ON_ERROR_STOP=1 -v name="$table" -v schema="$schema" << 'SQL'
BEGIN TRANSACTION READ ONLY;
SET LOCAL statement_timeout = '5s';
SET LOCAL lock_timeout = '1s';
SELECT coalesce(
  (SELECT c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relname = :'name' AND n.nspname = :'schema'),
  (SELECT 'type ' || t.typtype::text FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
   WHERE t.typname = :'name' AND n.nspname = :'schema'),
  (SELECT 'elsewhere ' || n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relname = :'name' AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_temp' LIMIT 1),
  'nothing');
ROLLBACK;
SQL
) || { echo "the database could not be asked" >&2; exit 3; }

say() {
  echo "$schema.\"$table\": $2"
  exit "$1"
}

case $found in
  r | p) say 0 'a table; it exists, so a start creates nothing' ;;
  'type e')
    case $table in
      enum_*) say 0 'an enum type, as Sequelize makes for an ENUM column; it exists' ;;
      *) say 11 'a stray enum type; every start fails, this is not the race' ;;
    esac ;;
  'type d') say 12 'a stray domain; every start fails, this is not the race' ;;
  'type r' | 'type m') say 13 'a stray range type; every start fails, this is not the race' ;;
  c) say 14 'a stray composite type; the table is skipped in silence, and writes fail' ;;
  nothing) say 10 'nothing; the table is missing, create it once before any server starts' ;;
  elsewhere\ *) say 16 "nothing, but schema ${found#elsewhere } has a table of that name; look at search_path" ;;
  *) say 15 "no table but a view, a sequence, an index or a foreign table (relkind $found)" ;;
esac
