// Asks the browser to keep a copy of the site for when the network is gone (service-worker.js), and says
// at the foot of a page that comes from that copy how old it is. From file:// there is nothing to do, and
// while the site is edited a copy would be in the way.
(() => {
  "use strict";
  const { element } = window.runbooks;
  const workers = navigator.serviceWorker;
  const address = new URL("../../service-worker.js", document.currentScript.src); // this is in assets/runbooks/
  if (!workers || !location.protocol.startsWith("http") || document.querySelector("script[src*=livereload]")) return;

  workers.addEventListener("message", ({ data }) => data.runbooksCopy && tell(data.runbooksCopy));
  workers.startMessages?.();
  workers.controller?.postMessage("which");
  // Nothing that the first screen needs waits for it.
  window.addEventListener("load", () => setTimeout(register, 1000));

  async function register() {
    try {
      const registration = await workers.register(address.href);
      await registration.update();
      if (!registration.installing && !registration.waiting) registration.active?.postMessage("current");
    } catch {
      // The network is gone, or this browser or host does not allow it: the site works as it is.
    }
  }

  function tell(copied) {
    if (document.querySelector(".kb-copy-age")) return;
    const at = new Date(copied);
    const text = `The site cannot be reached. This is a copy of it from ${at.toLocaleString()} (${age(Date.now() - copied)}).`;
    const foot = document.querySelector("article, [role=main], main") || document.body;
    foot.append(element("p", { class: "kb-notice kb-copy-age", role: "status" }, text));
  }

  function age(milliseconds) {
    const minutes = Math.max(0, Math.round(milliseconds / 60_000));
    if (minutes < 1) return "less than a minute old";
    if (minutes < 120) return `${minutes} ${minutes === 1 ? "minute" : "minutes"} old`;
    const hours = Math.round(minutes / 60);
    return hours < 48 ? `${hours} hours old` : `${Math.round(hours / 24)} days old`;
  }
})();
