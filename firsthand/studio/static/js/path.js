// On the map, a stage lights everything that leads to it and what needs it directly.

const places = new Map([...document.querySelectorAll(".map [data-stage]")].map((place) => [place.dataset.stage, place]));
const needs = (name) => places.get(name)?.dataset.needs.split(" ").filter(Boolean) ?? [];

function ways(name, found = new Set()) {
  found.add(name);
  for (const needed of needs(name)) if (!found.has(needed)) ways(needed, found);
  return found;
}

function light(name) {
  const lit = name && ways(name);
  for (const [other, place] of places) {
    const near = lit && (lit.has(other) || needs(other).includes(name));
    place.classList.toggle("lit", Boolean(near));
    place.classList.toggle("faded", Boolean(lit) && !near);
  }
}

for (const [name, place] of places) {
  for (const come of ["pointerenter", "focusin"]) place.addEventListener(come, () => light(name));
  for (const go of ["pointerleave", "focusout"]) place.addEventListener(go, () => light(null));
}
