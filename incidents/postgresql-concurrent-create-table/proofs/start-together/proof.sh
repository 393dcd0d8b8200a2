#!/usr/bin/env bash
# tools/start-together.sh, which the check of the runbook runs: four copies of a server start
# together on an empty database. With the fault all but one fail; with the advisory lock, and with
# the table made before, all start. Without the table, the server of the fix refuses to serve.
set -euo pipefail
export TEST_SERVER=${DATABASE_URL/"$PGDATABASE"/}
together() {
  local code=0
  ../../tools/start-together.sh --ready listening --gather 30 --settle 30 "$@" || code=$?
  echo "  exit $code"
}

echo 'sync() at the start:'
together sync.mjs
echo 'sync() inside the advisory lock:'
together lock.mjs
echo 'migration before, then authenticate():'
together --migrate migrate.mjs authenticate.mjs
echo 'authenticate() without the migration:'
together authenticate.mjs
echo "databases left behind: $(psql -XAtc "SELECT count(*) FROM pg_database WHERE datname LIKE 'start_together_%'")"
