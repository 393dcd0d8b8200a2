#!/usr/bin/env bash
# tools/find-aliases.mjs reads the code and finds both declarations, with file and line, in the
# code base with the fault, and none in the fixed one. What stands in comments and strings does not
# count; a declaration over several lines does. Then what it cannot see: code that does not load,
# and it finds nothing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source ../shared/backend.sh
find=../../tools/find-aliases.mjs
with_fault fault
with_fix fixed

echo 'with the fault:'
expect 1 node "$find" fault
echo 'with the fix:'
expect 0 node "$find" fixed
echo 'other ways to write it:'
expect 1 node "$find" ways.ts
echo 'no such folder:'
expect 2 node "$find" no-such-folder 2>&1 | grep -E '^There is|exit [0-9]$'

echo 'what it cannot see, first: an alias that is computed'
with_fix computed
sed -i "s/as: 'socialShoppingCarts'/as: ['shopping', 'Carts'].join('')/" computed/models/social/enhanced/index.mjs
expect 0 node "$find" computed
expect 1 node ../../tools/load-models.mjs computed/models/index.mjs 2>&1 | grep -v '^    at '
echo 'second: one line that runs twice'
with_fix twice
sed -i 's/^core(db);/&\ncore(db);/' twice/models/index.mjs
sed -i 's/const User = .*/const User = db.models.User ?? db.define("User", {});/' twice/models/associations.mjs
expect 0 node "$find" twice
expect 1 node ../../tools/load-models.mjs twice/models/index.mjs 2>&1 | grep -v '^    at '
