#!/usr/bin/env bash
# The searches of the runbook, on logs and on code with the fault and with the fix. The log with the
# fault is what a server really prints when its sync() meets another one.
set -euo pipefail
node crash.mjs > fault.log 2>&1
node -e 'console.log("listening")' > fixed.log

# Each is the command of a step or a check, word for word.
error_in_log() {
  grep -nE 'pg_[a-z_]*name[a-z_]*_index|(typ|rel|nsp|ext|dat|rol|pro)name[^)]*\)=\(' -- "$LOG" | tail -n 20
}
catalog_duplicates_in_log() {
  grep -nE 'pg_[a-z_]*name[a-z_]*_index' -- "$LOG"
}
sync_at_start() {
  grep -rnE --include='*.js' --include='*.mjs' --include='*.cjs' --include='*.ts' --exclude-dir=node_modules \
    '\.sync\(' -- "$BACKEND/src"
}
deploy_drops_table() {
  grep -rniE 'drop table|droptable|truncate' --include='*.js' --include='*.mjs' --include='*.cjs' \
    --include='*.sql' --exclude-dir=node_modules --exclude-dir=migrations -- "$BACKEND"
}

for state in fault fixed; do
  export LOG=$state.log BACKEND=$state
  for search in error_in_log catalog_duplicates_in_log sync_at_start deploy_drops_table; do
    code=0
    "$search" > found || code=$?
    echo "$state, $search: exit $code, lines $(wc -l < found)"
    cut -c -120 found | sed 's/^/  /'
  done
done
