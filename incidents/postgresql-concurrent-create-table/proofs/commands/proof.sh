#!/usr/bin/env bash
# The SQL of the runbook's steps, run as it stands there: create the table once, take that back
# only while it is empty, rename it and back. The table is the one that connect-session-sequelize
# makes. A table's name that tries to do harm does none.
set -euo pipefail
same='pg_dump -s --restrict-key=proof'

create() {
  psql "$DATABASE_URL" -X -v ON_ERROR_STOP=1 -v name="$NEW_TABLE" <<'SQL'
BEGIN;
SET LOCAL lock_timeout = '5s';
SELECT pg_advisory_xact_lock(hashtext('create tables'));
CREATE TABLE IF NOT EXISTS :"name" (
  "sid" varchar(36) PRIMARY KEY,
  "expires" timestamptz,
  "data" text,
  "createdAt" timestamptz NOT NULL,
  "updatedAt" timestamptz NOT NULL
);
COMMIT;
SQL
}
drop_if_empty() {
  psql "$DATABASE_URL" -X -v ON_ERROR_STOP=1 -v name="$NEW_TABLE" <<'SQL'
BEGIN;
SET LOCAL lock_timeout = '5s';
LOCK TABLE :"name";
SELECT NOT EXISTS (SELECT FROM :"name") AS is_empty \gset
\if :is_empty
DROP TABLE :"name";
\else
\echo has rows: kept
\endif
COMMIT;
SQL
}
rename() {
  psql "$DATABASE_URL" -X -v ON_ERROR_STOP=1 -v old="$1" -v new="$2" <<'SQL'
BEGIN;
SET LOCAL lock_timeout = '5s';
ALTER TABLE :"old" RENAME TO :"new";
COMMIT;
SQL
}
is_table() {
  psql "$DATABASE_URL" -X -At -v ON_ERROR_STOP=1 -v name="$1" <<'SQL'
SELECT n.nspname, c.relkind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = :'name';
SQL
}
words() { grep -oE 'already exists, skipping|^CREATE TABLE|^DROP TABLE|^ALTER TABLE|^COMMIT|has rows: kept' | paste -sd ' '; }

NEW_TABLE=UserSessions
node store.mjs && $same > store.sql
psql -XAtqc 'DROP TABLE "UserSessions"'
echo "create: $(create 2>&1 | words)"
$same > created.sql
cmp store.sql created.sql && echo 'the table is the one that the session store makes'
echo "table: $(is_table UserSessions)"
echo "create again: $(create 2>&1 | words)"
psql -XAtqc "INSERT INTO \"UserSessions\" VALUES ('a', now(), '{}', now(), now())"
echo "take it back, with a row: $(drop_if_empty | words)"
echo "rename back: $(rename UserSessions Sessions | words), table: $(is_table Sessions), rows: $(psql -XAtc 'SELECT count(*) FROM "Sessions"')"
echo "rename: $(rename Sessions UserSessions | words), table: $(is_table UserSessions), rows: $(psql -XAtc 'SELECT count(*) FROM "UserSessions"')"
echo "name that tries to do harm: '$(is_table $'x\'; DROP TABLE "UserSessions"; --$(touch pwned)')'"
[ ! -e pwned ]
psql -XAtqc 'DELETE FROM "UserSessions"'
echo "take it back, empty: $(drop_if_empty | words), table: '$(is_table UserSessions)'"
