// What every page does: keys, the theme, short messages, and the header that htmx sends along.

import { themeChanged } from "./figure/theme.js";
import { proof } from "./http.js";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-Firsthand"] = proof;
});
document.addEventListener("htmx:responseError", async (event) => {
  let why = "The studio could not do that.";
  try { why = JSON.parse(event.detail.xhr.responseText).detail; } catch { /* not JSON: keep the sentence */ }
  toast(why);
});
document.addEventListener("htmx:sendError", () => toast("The studio does not answer. Is it still running?"));

export function toast(words, action) {
  const box = document.createElement("div");
  box.className = "toast";
  box.append(words);
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action.label });
    button.addEventListener("click", () => { box.remove(); action.run(); });
    box.append(button);
  }
  document.querySelector("#toasts").replaceChildren(box);
  setTimeout(() => box.remove(), action ? 20000 : 6000);
}

// Light, dark: the system decides until the switch was used; the choice is remembered for a year.
const root = document.documentElement;
const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
function label() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) button.textContent = dark() ? "Light" : "Dark";
}
function switchTheme() {
  root.dataset.theme = dark() ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=strict`;
  label();
  themeChanged();
}
for (const button of document.querySelectorAll("[data-theme-switch]")) button.addEventListener("click", switchTheme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
label();

const help = document.querySelector("#help");
for (const button of document.querySelectorAll("[data-help]")) button.addEventListener("click", () => help.showModal());
help.addEventListener("click", (event) => { if (event.target === help) help.close(); });

export const typing = (target) =>
  target.closest("input:not([type=radio]):not([type=checkbox]):not([type=range]), textarea, select, .cm-editor, [contenteditable=true]");

const pages = { t: "/", p: "/path", r: "/review", g: "/progress" };
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  if (event.key === "?") { help.open ? help.close() : help.showModal(); return; }
  if (help.open) return;
  if (event.key === "d") switchTheme();
  else if (pages[event.key]) location.href = pages[event.key];
  else if (/^[1-4]$/.test(event.key) && !document.querySelector("[data-own-digits]")) {
    document.querySelectorAll(".tabs a")[event.key - 1]?.click();
  } else return;
  event.preventDefault();
});
