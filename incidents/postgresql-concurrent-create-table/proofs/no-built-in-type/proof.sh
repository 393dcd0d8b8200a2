#!/usr/bin/env bash
# The write-up says that PostgreSQL has a built-in type named "Sessions". A fresh database has none
# whose name contains "session". The 2200 in the error is the schema public, not the one that holds
# built-in types. A type of that name is there as soon as a table is: every table has a row type.
set -euo pipefail
ask() { psql -XAt -v ON_ERROR_STOP=1 -c "$1"; }

echo "types whose name contains session: $(ask "SELECT count(*) FROM pg_type WHERE typname ILIKE '%session%'")"
echo "\"Sessions\"::regtype: $(ask "SELECT '\"Sessions\"'::regtype" 2>&1 | head -n 1)"
echo "schemas: $(ask "SELECT string_agg(oid || ' is ' || nspname, ', ' ORDER BY oid) FROM pg_namespace WHERE oid IN (11, 2200)")"
echo "schema of the built-in type text: $(ask "SELECT typnamespace::oid FROM pg_type WHERE oid = 'text'::regtype")"
echo "the index: $(ask "SELECT pg_get_indexdef('pg_type_typname_nsp_index'::regclass)")"
ask 'CREATE TABLE "Sessions" (sid varchar(36) PRIMARY KEY)' > /dev/null
echo "after CREATE TABLE \"Sessions\": $(ask "SELECT typname, typtype, typnamespace::oid FROM pg_type WHERE typname = 'Sessions'")"
