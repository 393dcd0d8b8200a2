#!/usr/bin/env bash
# The gate that a CI runs before a deploy: tools/load-models.mjs loads the models while the
# database's address leads nowhere. It stops the code base with the fault, lets the fixed one
# through, and stops the fixed one again when the fix is taken back. The command that the runbook
# holds for readers without this tool decides in the same way.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source ../shared/backend.sh
with_fault fault
with_fix fixed
gate=../../tools/load-models.mjs

in_the_runbook() {
  cd "$1" && MODELS=models/index.mjs DATABASE_URL='postgres://nobody@127.0.0.1:9/none' node -e '
  import(require("url").pathToFileURL(process.env.MODELS))
    .then(() => { console.log("models loaded"); process.exit(0); },
          (error) => { console.error(error); process.exit(1); });
  ' 2>&1 | grep -v '^    at '
}

echo 'with the fault:'
expect 1 node "$gate" fault/models/index.mjs 2>&1 | grep -v '^    at '
echo 'with the fix:'
expect 0 node "$gate" fixed/models/index.mjs
echo 'with the fault, the command of the runbook:'
(expect 1 in_the_runbook fault)
echo 'with the fix, the command of the runbook:'
(expect 0 in_the_runbook fixed)
echo 'no such module:'
expect 2 node "$gate" fixed/models/no-such.mjs 2>&1 | grep -E '^There|exit [0-9]$'
