// The exercise page: one file in two places, the editor here and the disk, and the verdict beside it.

import { Editor, Merge } from "./editor.js";
import { post } from "./http.js";
import { typeset } from "./maths.js";
import { toast, typing } from "./page.js";

const IDLE = 1200; // ms after the last key until the file is saved

const workshop = document.querySelector("#workshop");
const { base, target, path, nonce } = workshop.dataset;
const start = JSON.parse(workshop.querySelector("#source").textContent);
const status = workshop.querySelector("#status");
const verdict = document.querySelector("#verdict");
const conflictBox = document.querySelector("#conflict");

let saved = start.text; // what the disk holds, as far as we know
let hash = start.hash;
let merge = null;
let timer = 0;
let checking = false;

const frame = workshop.querySelector("#editor");
const keys = workshop.querySelector(".keys");
frame.replaceChildren();
const editor = new Editor(frame, {
  text: start.text,
  target,
  nonce,
  onChange: changed,
  commands: [
    { key: "Mod-Enter", run: check },
    { key: "Mod-s", run: save },
  ],
});
if (!matchMedia("(hover: none)").matches) editor.view.focus(); // a phone would open its keyboard over the page

const dirty = () => editor.text !== saved;
const say = (words) => { status.textContent = words; };

function changed() {
  if (!dirty()) { say("saved"); return; }
  say("not saved yet");
  clearTimeout(timer);
  timer = setTimeout(save, IDLE);
}

// Saves are made one after the other: each must know the version that the one before it made.
let queue = Promise.resolve(true);
function save() {
  clearTimeout(timer);
  queue = queue.then(write, write);
  return queue;
}

async function write() {
  if (merge) return false;
  if (!dirty()) return true;
  const text = editor.text;
  try {
    const answer = await post(`${base}/source`, { text, hash });
    ({ hash } = answer);
    saved = text;
    say(dirty() ? "not saved yet" : "saved");
    return true;
  } catch (error) {
    if (error.status === 409) conflict(error.answer.on_disk);
    else say(`not saved: ${error.message}`);
    return false;
  }
}

async function check() {
  if (checking || !(await save())) return;
  checking = true;
  verdict.classList.add("checking");
  verdict.setAttribute("aria-busy", "true");
  const began = performance.now();
  try {
    const answer = await post(`${base}/check`, { text: saved });
    show(answer);
    say(`saved · checked in ${((performance.now() - began) / 1000).toFixed(2)} s`);
  } catch (error) {
    toast(error.message);
  } finally {
    checking = false;
    verdict.classList.remove("checking");
    verdict.removeAttribute("aria-busy");
  }
}

function show(answer) {
  verdict.className = `verdict ${answer.mood}`;
  verdict.innerHTML = answer.html; // the server's own template; every value in it is escaped there
  window.htmx.process(verdict);
  typeset(verdict);
  const after = document.querySelector("#after");
  if (after) { after.innerHTML = answer.after; window.htmx.process(after); }
  const solve = document.querySelector("#solve");
  solve.innerHTML = answer.solve;
  window.htmx.process(solve);
  document.querySelector("[data-check]").classList.toggle("go", answer.kind !== "passed"); // one filled button a page
  editor.stoppedAt(answer.line);
}

// The file changed in another editor, or was removed there.
async function fetchDisk() {
  const response = await fetch(`${base}/source`);
  return response.ok ? response.json() : null;
}

async function changedOnDisk() {
  await queue.catch(() => false);
  if (merge) return;
  const disk = await fetchDisk();
  if (!disk || disk.hash === hash) return;
  if (dirty() && disk.text !== editor.text) { conflict(disk); return; }
  hash = disk.hash;
  saved = disk.text;
  editor.text = disk.text;
  editor.focusTarget({ cursor: false });
  say("changed on disk just now");
  check();
}

function conflict(disk) {
  clearTimeout(timer);
  say("changed on disk too");
  conflictBox.hidden = false;
  merge?.close();
  merge = new Merge(conflictBox.querySelector("#merge"), { mine: editor.text, disk: disk.text, nonce });
  for (const part of [frame, keys]) part.hidden = true; // one thing to decide, one filled button
  const finish = async (text) => {
    merge.close();
    merge = null;
    conflictBox.hidden = true;
    for (const part of [frame, keys]) part.hidden = false;
    hash = disk.hash;
    saved = disk.text;
    editor.text = text;
    editor.view.focus();
    await save();
  };
  const mine = editor.text;
  conflictBox.querySelector("[data-keep=merged]").onclick = () => finish(merge.text);
  conflictBox.querySelector("[data-keep=mine]").onclick = () => finish(mine);
  conflictBox.querySelector("[data-keep=disk]").onclick = () => finish(disk.text);
  conflictBox.scrollIntoView({ block: "start" });
  conflictBox.querySelector("[data-keep=merged]").focus();
}

const news = new EventSource("/events");
news.addEventListener("file", (event) => {
  if (JSON.parse(event.data).path === path) changedOnDisk();
});
news.addEventListener("open", changedOnDisk); // what changed before we listened
window.addEventListener("focus", changedOnDisk); // news may have been missed while the machine slept

async function reset() {
  if (!(await save())) return;
  const before = editor.text;
  try {
    const answer = await post(`${base}/reset`, {});
    ({ hash } = answer);
    saved = answer.text;
    editor.text = answer.text;
    editor.focusTarget();
    say("blank again");
    const undo = () => { editor.text = before; save(); };
    toast(`A copy is kept in ${answer.copy}.`, { label: "Undo", run: undo });
  } catch (error) {
    toast(error.message);
  }
}

function askForHint() {
  document.querySelector("[data-hint]")?.click();
}
// A hint that came is brought into view, and the verdict offers no more than there are.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "hints") return;
  event.target.lastElementChild?.scrollIntoView({ block: "nearest" });
  if (!document.querySelector("[data-hint]")) verdict.querySelector("[data-more]")?.closest("p").remove();
});

document.querySelector("[data-check]").addEventListener("click", check);
document.querySelector("[data-reset]")?.addEventListener("click", reset);
verdict.addEventListener("click", (event) => {
  const line = event.target.closest("[data-line]");
  if (line) editor.goTo(Number(line.dataset.line));
  if (event.target.closest("[data-more]")) askForHint();
  if (event.target.closest("[data-again]")) reset();
});

document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") { event.preventDefault(); check(); return; }
  if (command && event.key === "s") { event.preventDefault(); save(); return; }
  if (command || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "h") askForHint();
  else if (event.key === "e") { event.preventDefault(); editor.view.focus(); }
});

window.addEventListener("beforeunload", (event) => { if (dirty()) event.preventDefault(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });

const visit = () => { if (!document.hidden) post("/visit", { stage: workshop.dataset.stage }).catch(() => null); };
visit();
setInterval(visit, 60000);
