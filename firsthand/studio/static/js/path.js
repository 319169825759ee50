// On the map, a stage lights the lines that lead to it and from it.

const edges = [...document.querySelectorAll(".map .edge")];

function light(name) {
  for (const edge of edges) edge.classList.toggle("lit", name !== null && (edge.dataset.from === name || edge.dataset.to === name));
}

for (const stage of document.querySelectorAll(".map [data-stage]")) {
  stage.addEventListener("pointerenter", () => light(stage.dataset.stage));
  stage.addEventListener("pointerleave", () => light(null));
  stage.addEventListener("focusin", () => light(stage.dataset.stage));
  stage.addEventListener("focusout", () => light(null));
}
