# Sourced by proofs: copies of the small code base, with the fault and with the incident's fix.
# shellcheck shell=bash

# with_fault FOLDER: two declarations, one alias.
with_fault() {
  cp -r ../shared/backend "$1"
}

# with_fix FOLDER: the same, and the change of the incident in the one line that it names.
with_fix() {
  with_fault "$1"
  sed -i "s/SocialShoppingCart, { foreignKey: 'userId', as: 'shoppingCarts' }/SocialShoppingCart, { foreignKey: 'userId', as: 'socialShoppingCarts' }/" \
    "$1/models/social/enhanced/index.mjs"
}

# expect CODE COMMAND...: run a command, print its exit code, and stop when it is another.
expect() {
  local wanted=$1 code=0
  shift
  "$@" || code=$?
  echo "  exit $code"
  [ "$code" = "$wanted" ] || { echo "expected exit $wanted"; exit 1; }
}
