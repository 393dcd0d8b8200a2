// The offline copy of a site that is served: the paste box, the search and as many runbooks as fit.
// `runbooks build` sets FILES: each file with the start of its SHA-256. Empty: no copy is kept.
"use strict";
const FILES = {};

const STORE = "runbooks-offline";
const COPIED = "copied-at"; // when the copy was last known to be what the site has
const PATIENCE = 3000; // milliseconds that the network gets before the copy is shown
const REST = 10_000; // milliseconds in which the network is not tried again

const root = new URL("./", self.location.href);
let restsUntil = 0;
const fromCopy = new Set(); // ids of clients whose page came from the copy

// -- making the copy -----------------------------------------------------------------------------------

// A file is kept under its digest, so what has not changed is not fetched again, and until the new copy
// is whole, the old worker finds all of its own.
function keyOf(path) {
  return new URL(`${path}?digest=${FILES[path]}`, root).href;
}

async function makeCopy() {
  const store = await caches.open(STORE);
  const missing = [];
  for (const path of Object.keys(FILES)) if (!(await store.match(keyOf(path)))) missing.push(path);
  const fetchNext = async () => {
    for (let path = missing.pop(); path !== undefined; path = missing.pop()) await fetchInto(store, path);
  };
  await Promise.all([fetchNext(), fetchNext(), fetchNext(), fetchNext()]);
  await store.put(COPIED, new Response(String(Date.now())));
}

// Fails if the file is not the one of this build: half an old and half a new site would be worse than the
// old one. The browser tries again later.
async function fetchInto(store, path) {
  const answer = await fetch(new URL(path, root), { cache: "no-cache", credentials: "same-origin" });
  const content = await answer.arrayBuffer();
  const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", content))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!answer.ok || !digest.startsWith(FILES[path])) throw new Error(`${path} is not the file of this build`);
  // A new answer: one that was redirected cannot be shown as a page.
  await store.put(keyOf(path), new Response(content, { headers: { "content-type": answer.headers.get("content-type") || "" } }));
}

async function removeOld() {
  const store = await caches.open(STORE);
  const ours = new Set([...Object.keys(FILES).map(keyOf), new URL(COPIED, root).href]);
  for (const request of await store.keys()) if (request.url.startsWith(root.href) && !ours.has(request.url)) await store.delete(request);
}

async function removeAll() {
  const store = await caches.open(STORE);
  for (const request of await store.keys()) if (request.url.startsWith(root.href)) await store.delete(request);
  await self.registration.unregister();
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(makeCopy());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Object.keys(FILES).length ? removeOld().then(() => self.clients.claim()) : removeAll());
});

// -- using it ------------------------------------------------------------------------------------------

// The path of a page or file in the site, as FILES has it.
function pathOf(url) {
  const path = decodeURIComponent(url.pathname.slice(root.pathname.length));
  const choices = path === "" || path.endsWith("/") ? [`${path}index.html`] : [path, `${path}/index.html`];
  return choices.find((choice) => Object.hasOwn(FILES, choice));
}

async function copyOf(path) {
  const store = await caches.open(STORE);
  return store.match(keyOf(path));
}

// The network first, because an edited runbook must not wait. A page always asks it; what a page loads
// comes from where the page came from.
async function answer(event, path) {
  const isPage = event.request.mode === "navigate";
  const copy = await copyOf(path);
  if (copy && !isPage && Date.now() < restsUntil) return copy;
  try {
    // Asked anew: a page that the browser kept for other reasons may be older than the copy, and does not say so.
    const loading = isPage ? fetch(event.request, { cache: "no-cache" }) : fetch(event.request);
    const found = await inTime(loading, copy ? PATIENCE : 0);
    if (copy && found.status >= 500) throw new Error("the server is there, and the site is not");
    if (isPage) restsUntil = 0;
    return found;
  } catch (error) {
    if (!copy) throw error;
    restsUntil = Date.now() + REST;
    if (isPage && event.resultingClientId) fromCopy.add(event.resultingClientId);
    return copy;
  }
}

function inTime(loading, limit) {
  if (!limit) return loading;
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error("too slow")), limit));
  return Promise.race([loading, late]);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !url.href.startsWith(root.href)) return;
  const path = pathOf(url);
  if (path) event.respondWith(answer(event, path));
});

// A page asks whether it came from the copy, and says that the copy is what the site has.
self.addEventListener("message", (event) => {
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    if (event.data === "current") await store.put(COPIED, new Response(String(Date.now())));
    if (event.data !== "which") return;
    const copied = await store.match(COPIED);
    const isCopy = fromCopy.has(event.source.id);
    event.source.postMessage({ runbooksCopy: isCopy ? Number(await copied?.text()) : 0 });
  })());
});
