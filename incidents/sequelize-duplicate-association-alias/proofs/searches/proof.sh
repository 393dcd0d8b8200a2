#!/usr/bin/env bash
# The searches of the runbook, on a start-up log and on code with the fault and with the fix. The
# logs are what the small code base really prints when it starts.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source ../shared/backend.sh
with_fault fault
with_fix fixed
export DATABASE_URL='postgres://nobody@127.0.0.1:9/none'
node fault/models/index.mjs > fault.log 2>&1 || true
node fixed/models/index.mjs > fixed.log 2>&1
cp queries.js fault/queries.js
sed "s/SocialShoppingCart, as: 'shoppingCarts'/SocialShoppingCart, as: 'socialShoppingCarts'/" queries.js > fixed/queries.js

# Each is the command of a step or a check, word for word.
error_in_log() {
  grep -nE -m 5 'in two separate associations|two associations with the same name' -- "$APP_LOG"
}
association_error_at_start() {
  grep -nE 'SequelizeAssociationError' -- "$APP_LOG"
}
any_association_error() {
  grep -nE 'SequelizeAssociationError|SequelizeEagerLoadingError' -- "$APP_LOG"
}
include_under_old_alias() {
  grep -rnE --include='*.js' --include='*.mjs' --include='*.cjs' --include='*.ts' --exclude-dir=node_modules \
    'model: .*as: ' -- "$BACKEND" | grep -F -e "$MODEL," | grep -F -e "'$ALIAS'" -e "\"$ALIAS\""
}
uses_of_old_alias() {
  grep -rniF --include='*.js' --include='*.mjs' --include='*.cjs' --include='*.ts' --include='*.tsx' \
    --include='*.jsx' --exclude-dir=node_modules -e "$ALIAS" -- "$BACKEND"
}

export ALIAS=shoppingCarts MODEL=SocialShoppingCart
for state in fault fixed; do
  export APP_LOG=$state.log BACKEND=$state
  for search in error_in_log association_error_at_start any_association_error include_under_old_alias uses_of_old_alias; do
    code=0
    "$search" > found || code=$?
    echo "$state, $search: exit $code, lines $(wc -l < found)"
    cut -c -110 found | sed 's/^/  /'
  done
done
