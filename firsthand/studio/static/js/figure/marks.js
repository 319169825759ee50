// The marks of a panel as SVG: dots, curves, bars, text.

import { contourPaths } from "./field.js";

const NS = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export const roleOf = (mark, i) => (Array.isArray(mark.role) ? mark.role[i % mark.role.length] : mark.role);

// Classes differ in shape as well as in colour: a is a disc, b a square, c a triangle.
export function symbol(role, r) {
  if (role === "b") return `M${-r * 0.9} ${-r * 0.9}H${r * 0.9}V${r * 0.9}H${-r * 0.9}Z`;
  if (role === "c") return `M0 ${-r * 1.2}L${r * 1.1} ${r * 0.8}H${-r * 1.1}Z`;
  return `M${-r} 0A${r} ${r} 0 1 0 ${r} 0A${r} ${r} 0 1 0 ${-r} 0Z`;
}

const drawers = {
  dots(mark, x, y) {
    if (mark.drag) return []; // handles are drawn by drag.js and stay in the document
    const out = [];
    mark.x.forEach((vx, i) => {
      if (vx === null || mark.y[i] === null) return;
      const role = roleOf(mark, i);
      const place = `translate(${x(vx).toFixed(2)} ${y(mark.y[i]).toFixed(2)})`;
      out.push(svg("path", { d: symbol(role, mark.size), class: `dot role-${role}`, transform: place }));
    });
    return out;
  },

  curve(mark, x, y) {
    let path = "";
    let pen = false;
    mark.x.forEach((vx, i) => {
      const vy = mark.y[i];
      if (vx === null || vy === null) { pen = false; return; }
      path += `${pen ? "L" : "M"}${x(vx).toFixed(2)} ${clamp(y(vy)).toFixed(2)}`;
      pen = true;
    });
    const line = svg("path", { d: path, class: `curve role-${mark.role}${mark.dashed ? " dashed" : ""}` });
    if (mark.animate && !mark.dashed) {
      line.setAttribute("pathLength", "1");
      line.classList.add("drawn");
    }
    if (!mark.dots) return [line];
    return [line, ...drawers.dots({ ...mark, drag: "", size: mark.x.length > 60 ? 1.6 : 2.4 }, x, y)];
  },

  bars(mark, x, y, panel) {
    return panel.across ? barsAcross(mark, x, y) : barsUp(mark, x, y);
  },

  text(mark, x, y) {
    const middle = (x.domain[0] + x.domain[1]) / 2;
    const anchor = mark.x > middle ? "end" : "start";
    return [svg("text", { x: x(mark.x), y: y(mark.y) - 5, class: `note role-${mark.role}`, "text-anchor": anchor }, mark.text)];
  },

  field(mark, x, y) {
    return contourPaths(mark, x, y).map((d, k) =>
      svg("path", { d, class: mark.diverging && mark.levels[k] === mark.middle ? "contour edge" : "contour" }));
  },
};

const clamp = (pixel) => Math.max(-1e4, Math.min(1e4, pixel));

function barsUp(mark, x, y) {
  const base = y(Math.max(y.domain[0], Math.min(0, y.domain[1])));
  const width = Math.abs(x(1) - x(0)) * 0.68;
  return mark.values.map((value, i) =>
    svg("rect", {
      x: x(i) - width / 2, width, y: Math.min(base, y(value ?? 0)), height: Math.max(Math.abs(base - y(value ?? 0)), 0.5),
      class: `bar role-${roleOf(mark, i)}`,
    }));
}

function barsAcross(mark, x, y) {
  const base = x(Math.max(x.domain[0], Math.min(0, x.domain[1])));
  const height = Math.abs(y(1) - y(0)) * 0.62;
  return mark.values.map((value, i) =>
    svg("rect", {
      y: y(i) - height / 2, height, x: Math.min(base, x(value ?? 0)), width: Math.max(Math.abs(base - x(value ?? 0)), 0.5),
      class: `bar role-${roleOf(mark, i)}`,
    }));
}

export const draw = (mark, x, y, panel) => drawers[mark.mark](mark, x, y, panel);
