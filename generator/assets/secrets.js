// Whether a value looks like a secret, which must not be put into a URL. A wrong yes costs little: the
// reader types the value again. generator/commands/masking.py has the names, too.
window.runbooksSecrets = (() => {
  "use strict";

  const NAME = /PASS|PWD|SECRET|TOKEN|CREDENTIAL|(?:^|_)KEY(?:_|$)/;
  const PASSWORD_IN_URL = /:\/\/[^\s\/?#:@]*:[^\s@]+@/;
  const KEY_BLOCK = /PRIVATE KEY-----/;
  // What vendors put before tokens that a run of letters and digits would not give away.
  const PREFIX = /\b(?:AKIA|ASIA|ABIA|ACCA|do[opr]_v1_|hf_|xox[a-z]-|xapp-|gl[a-z]+-|sk[-_]|npm_|Bearer\s|Basic\s)[\w+/=-]{8}/;
  const RUN = /[\w-]{20,}/g;

  function isSecret(name, value) {
    return Boolean(value) && (NAME.test(name) || PASSWORD_IN_URL.test(value) || KEY_BLOCK.test(value) || PREFIX.test(value) || (value.match(RUN) || []).some(isRandom));
  }

  // Names and ids are lower case, or hexadecimal; random text has small and capital letters and digits.
  function isRandom(run) {
    return /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
  }

  return { isSecret };
})();
