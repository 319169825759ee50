// Typeset TeX wherever the server left it, on the page and in whatever htmx puts into it later.

let katex = null;

const SLICE = 12; // ms of work before the page may breathe

// What can be seen first, then the rest a little at a time.
export async function typeset(root = document) {
  const spans = [...root.querySelectorAll(".math:not([data-typeset])")];
  if (!spans.length) return;
  for (const span of spans) span.dataset.typeset = "";
  katex ??= (await import("../vendor/katex/katex.js")).default;
  let began = performance.now();
  const bottom = window.innerHeight;
  for (const span of spans) {
    if (performance.now() - began > SLICE && span.getBoundingClientRect().top > bottom) {
      await new Promise((resume) => setTimeout(resume));
      began = performance.now();
    }
    set(span);
  }
  for (const span of spans) { // what has to be scrolled can be reached by keyboard
    if (span.scrollWidth > span.clientWidth + 1 && span.classList.contains("display")) span.tabIndex = 0;
  }
}

function set(span) {
  const display = span.classList.contains("display");
  katex.render(span.textContent, span, {
    displayMode: display, throwOnError: false, errorColor: "var(--bad)", maxExpand: 200, maxSize: 20,
  });
  keepPunctuation(span);
}

// A comma after a formula stays with it.
function keepPunctuation(span) {
  const next = span.nextSibling;
  const found = next?.nodeType === Node.TEXT_NODE && span.classList.contains("inline") && /^[.,;:!?)’”]+/.exec(next.data);
  if (!found) return;
  const together = Object.assign(document.createElement("span"), { className: "together" });
  span.before(together);
  next.data = next.data.slice(found[0].length);
  together.append(span, found[0]);
}

export const ready = typeset(); // when all formulas have their size
document.addEventListener("htmx:afterSwap", (event) => typeset(event.detail.elt.isConnected ? event.detail.elt : document));
