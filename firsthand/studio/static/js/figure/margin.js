// Figures stand in the margin beside their paragraph. One that those above it would push far down the
// page stands in the text instead.

import { ready } from "../maths.js";

const FAR = 0.3; // of the window's height

const floats = (element) => getComputedStyle(element).float !== "none";

// How far below its place in the text a figure begins.
function slip(figure) {
  let before = figure.previousElementSibling;
  while (before && floats(before)) before = before.previousElementSibling;
  const place = before ? before.getBoundingClientRect().bottom : figure.parentElement.getBoundingClientRect().top;
  return figure.getBoundingClientRect().top - place;
}

function arrange(figures) {
  for (const figure of figures) figure.classList.remove("inline");
  for (const figure of figures) {
    if (floats(figure) && slip(figure) > FAR * window.innerHeight) figure.classList.add("inline");
  }
}

export async function keepNear() {
  const figures = [...document.querySelectorAll(".prose .figure:not(.wide)")];
  if (!figures.length) return;
  await Promise.all([ready, document.fonts.ready]);
  arrange(figures);
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    arrange(figures);
  });
}
