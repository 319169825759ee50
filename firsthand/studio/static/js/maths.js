// Typeset TeX wherever the server left it, on the page and in whatever htmx puts into it later.

let katex = null;

export async function typeset(root = document) {
  const spans = [...root.querySelectorAll(".math:not([data-typeset])")];
  if (!spans.length) return;
  katex ??= (await import("../vendor/katex/katex.js")).default;
  for (const span of spans) {
    span.dataset.typeset = "";
    katex.render(span.textContent, span, {
      displayMode: span.classList.contains("display"), throwOnError: false, errorColor: "var(--bad)", maxExpand: 200, maxSize: 20,
    });
    keepPunctuation(span);
    if (span.classList.contains("display")) span.tabIndex = span.scrollWidth > span.clientWidth + 1 ? 0 : -1;
  }
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

typeset();
document.addEventListener("htmx:afterSwap", (event) => typeset(event.detail.elt.isConnected ? event.detail.elt : document));
