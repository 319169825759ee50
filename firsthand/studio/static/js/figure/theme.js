// The colours of the page, as canvas needs them, and a way to learn that they changed.

const known = new Map();

export function colour(role) {
  if (!known.has(role)) known.set(role, look(role));
  return known.get(role);
}

function look(role) {
  const probe = document.createElement("canvas").getContext("2d");
  const span = document.createElement("span");
  span.className = `role-${role}`;
  document.body.append(span);
  probe.fillStyle = getComputedStyle(span).color;
  span.remove();
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

const listeners = new Set();
export function onTheme(listener) {
  listeners.add(listener);
}
export function themeChanged() {
  known.clear();
  for (const listener of listeners) listener();
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themeChanged);

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
