// The axes of a panel: how far it reaches, its margins, its ticks and labels.

import { format, linear, logarithmic, logTicks, ticks } from "./scale.js";
import { svg } from "./marks.js";

const CHARACTER = 5.9; // px, the mean width of a digit at the size of tick labels

function reach(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

function padded([low, high], share = 0.05) {
  const room = (high - low || Math.abs(high) || 1) * share;
  return [low - room, high + room];
}

const along = (panel, axis) =>
  panel.marks.flatMap((m) => (m.mark === "field" || m.mark === "bars" ? [] : m.mark === "text" ? [m[axis]] : m[axis]));

function fitted(panel, bars, across) {
  let x = panel.x ?? padded(reach(along(panel, "x")));
  let y = panel.y;
  if (!y && panel.log_y) {
    const [low, high] = reach(along(panel, "y").filter((v) => v > 0));
    y = [low / 1.3, high * 1.3];
  }
  y ??= padded(reach(along(panel, "y")));
  if (!bars) return { x, y };
  const slots = [-0.6, bars.labels.length - 0.4];
  const [low, high] = reach([0, ...bars.values]);
  const values = [low < 0 ? low * 1.08 : 0, high > 0 ? high * 1.08 : 0];
  return across ? { x: panel.x ?? values, y: [slots[1], slots[0]] } : { x: slots, y: panel.y ?? values };
}

// One unit is as long on x as on y: the axis with room to spare reaches farther.
function equalised({ x, y }, width, height) {
  const perPixel = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height);
  const around = ([low, high], pixels) => {
    const middle = (low + high) / 2;
    return [middle - (perPixel * pixels) / 2, middle + (perPixel * pixels) / 2];
  };
  return { x: around(x, width), y: around(y, height) };
}

// Everything that follows from the panel's size: {x, y, box, across, xTicks, yTicks}.
export function layout(panel, width) {
  const height = Math.round(width * panel.height);
  const bars = panel.marks.find((m) => m.mark === "bars");
  const longest = bars ? Math.max(...bars.labels.map((l) => l.length)) : 0;
  const across = Boolean(bars) && longest * CHARACTER > (width - 40) / bars.labels.length;
  let domain = fitted(panel, bars, across);
  const bottom = 22 + (panel.x_label ? 15 : 0);
  const top = panel.y_label ? 22 : 8;
  const inner = height - top - bottom;
  const yTicks = across ? [] : panel.log_y ? logTicks(...domain.y) : ticks(...domain.y, Math.max(2, Math.round(inner / 48)));
  const widest = across ? longest : Math.max(1, ...yTicks.map((t) => format(t).length));
  const left = Math.round(12 + widest * CHARACTER);
  const box = { left, top, width: width - left - 8, height: inner };
  const field = panel.marks.some((m) => m.mark === "field");
  if (panel.equal && !field) domain = equalised(domain, box.width, box.height);
  if (panel.equal && field) fitBox(box, domain);
  const x = linear(domain.x, [0, box.width]);
  const y = (panel.log_y && !bars ? logarithmic : linear)(domain.y, [box.height, 0]);
  const xTicks = bars && !across ? [] : ticks(...domain.x, Math.max(2, Math.round(box.width / 72)));
  const again = panel.log_y || across ? yTicks : ticks(...domain.y, Math.max(2, Math.round(box.height / 48)));
  return { width, height: box.top + box.height + bottom, x, y, box, across, bars, xTicks, yTicks: again };
}

// A field covers exactly its domain, so it is the box that gives way.
function fitBox(box, { x, y }) {
  box.height = Math.round((box.width * (y[1] - y[0])) / (x[1] - x[0]));
}

// Superscript digits as raised spans: not every font has them.
function raise(content) {
  const found = /^(.*?10)([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(content);
  if (!found) return [content];
  const plain = [...found[2]].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)).map((i) => (i === 0 ? "−" : i - 1)).join("");
  return [found[1], svg("tspan", { dy: "-4", "font-size": "8" }, plain)];
}

export function drawAxes(panel, at) {
  const { box, x, y } = at;
  const parts = [];
  const line = (x1, y1, x2, y2, cls) => parts.push(svg("line", { x1, y1, x2, y2, class: cls }));
  const text = (content, px, py, anchor, cls = "tick") =>
    parts.push(svg("text", { x: px, y: py, "text-anchor": anchor, class: cls }, ...raise(content)));
  for (const value of at.yTicks) {
    line(0, y(value), box.width, y(value), "grid");
    text(format(value), -7, y(value) + 3.5, "end");
  }
  for (const value of at.xTicks) {
    line(x(value), box.height, x(value), box.height + 4, "axis");
    text(format(value), x(value), box.height + 16, "middle");
  }
  at.bars?.labels.forEach((label, i) =>
    at.across ? text(label, -7, y(i) + 3.5, "end") : text(label, x(i), box.height + 16, "middle"));
  line(0, box.height, box.width, box.height, "axis");
  if (panel.x_label) text(panel.x_label, box.width, box.height + 31, "end", "tick name");
  if (panel.y_label) text(panel.y_label, -box.left + 2, -10, "start", "tick name");
  return parts;
}
