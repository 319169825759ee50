// Reviewing by keyboard: space shows the answer, digits say how it went, u takes the last one back.

import { typeset } from "./maths.js";
import { typing } from "./page.js";

let shown = performance.now();

const card = () => document.querySelector("#card");

function reveal() {
  const back = card().querySelector("#back");
  if (!back?.hidden) return;
  back.hidden = false;
  card().querySelector("#ask").hidden = true;
  const form = card().querySelector("#rate");
  form.hidden = false;
  form.elements.seconds.value = ((performance.now() - shown) / 1000).toFixed(1);
  typeset(back);
  form.querySelector("[data-rating]:last-of-type").focus({ preventScroll: true });
}

function rate(button) {
  const form = button.closest("form");
  if (form.hidden || form.dataset.sent) return;
  form.dataset.sent = "yes";
  form.elements.rating.value = button.dataset.rating;
  window.htmx.trigger(form, "rate");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-reveal]")) reveal();
  const button = event.target.closest("[data-rating]");
  if (button) rate(button);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  const back = card().querySelector("#back");
  if (event.key === " " && back?.hidden) { event.preventDefault(); reveal(); return; }
  if (event.key === " " && back && !event.target.closest("button, a")) event.preventDefault();
  if (event.key === "u") card().querySelector("[data-undo]")?.click();
  if (/^[1-4]$/.test(event.key) && back && !back.hidden) {
    const button = card().querySelector(`[data-key="${event.key}"]`);
    if (button) { event.preventDefault(); rate(button); }
  }
});

document.addEventListener("htmx:afterSwap", () => {
  shown = performance.now();
  card().focus({ preventScroll: true });
});
