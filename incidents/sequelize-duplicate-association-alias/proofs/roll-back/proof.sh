#!/usr/bin/env bash
# A history of four releases: one declaration, the second one with the same alias, the fix, and a
# revert of the fix. Only the first and the fixed one load: the way back leads to the release
# before the second declaration, and reverting the fix is none. The runbook's command finds the
# commit, and its check tells which releases can be rolled back to.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source ../shared/backend.sh
with_fault repo
with_fix fixed
cd repo
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=proof GIT_AUTHOR_EMAIL=proof@example.com
export GIT_COMMITTER_NAME=proof GIT_COMMITTER_EMAIL=proof@example.com
export ALIAS=shoppingCarts BACKEND=.
git init -q -b main
second=models/social/enhanced/index.mjs
commit() { git add -A && git commit -qm "$1" && git tag "$2"; }
cp "$second" ../second.mjs
sed -i '/hasMany/d' "$second" && commit 'Shopping carts' v1
cp ../second.mjs "$second" && commit 'Social shopping carts' v2
cp ../fixed/$second "$second" && commit 'Rename the alias' v3
cp ../second.mjs "$second" && commit 'Revert "Rename the alias"' v4

git checkout -q v2
echo 'v2 is deployed and crashes; commits that touched the alias, the newest first:'
git -C "$BACKEND" log -n 5 --format='%h %cs %s' -S"$ALIAS" -- . | cut -d ' ' -f 3-
for ROLLBACK_TO in v1 v2 v3 v4; do
  git checkout -q "$ROLLBACK_TO"
  declared=$(git grep -nF -e "'$ALIAS'" -e "\"$ALIAS\"" "$ROLLBACK_TO" -- "$BACKEND" | grep -cE 'as: *' || true)
  loaded=$(node ../../../tools/load-models.mjs models/index.mjs 2>&1 | tail -n 1 || true)
  echo "$ROLLBACK_TO, $(git log -1 --format=%s): declared $declared times, $loaded"
done
