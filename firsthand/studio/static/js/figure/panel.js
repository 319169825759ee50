// One pair of axes with its marks, drawn at the size it has on the page.

import { drawAxes, layout } from "./axes.js";
import { Handles } from "./drag.js";
import { paint, valueAt } from "./field.js";
import { draw, svg } from "./marks.js";
import { format } from "./scale.js";

let count = 0;

export class PanelView {
  constructor(onMove, subject) {
    this.subject = subject;
    this.id = `plot-${++count}`;
    this.title = Object.assign(document.createElement("p"), { className: "panel-title" });
    this.legend = Object.assign(document.createElement("ul"), { className: "legend" });
    this.canvas = document.createElement("canvas");
    this.root = svg("svg", { class: "plot" });
    this.frame = Object.assign(document.createElement("div"), { className: "frame" });
    this.frame.append(this.canvas, this.root);
    this.element = Object.assign(document.createElement("div"), { className: "panel" });
    this.element.append(this.title, this.legend, this.frame);
    this.clip = svg("rect");
    this.back = svg("g");
    this.front = svg("g", { "clip-path": `url(#${this.id})` });
    this.readout = svg("g", { class: "readout" });
    this.handleLayer = svg("g");
    this.inner = svg("g", {}, this.back, this.front, this.readout, this.handleLayer);
    this.root.append(svg("clipPath", { id: this.id }, this.clip), this.inner);
    this.handles = new Handles(this.handleLayer, onMove);
    this.root.addEventListener("pointermove", (event) => this.hover(event));
    this.root.addEventListener("pointerleave", () => this.readout.replaceChildren());
  }

  draw(panel, { animate = false } = {}) {
    const width = Math.round(this.frame.clientWidth);
    if (!width) return;
    const at = layout(panel, width);
    this.panel = panel;
    this.at = at;
    const dragged = panel.marks.find((m) => m.mark === "dots" && m.drag);
    this.root.setAttribute("viewBox", `0 0 ${width} ${at.height}`);
    this.root.setAttribute("height", at.height);
    this.root.setAttribute("role", dragged ? "group" : "img");
    this.root.setAttribute("aria-label", [panel.title, panel.y_label && panel.x_label ? `${panel.y_label} over ${panel.x_label}` : ""]
      .filter(Boolean).join(": ") || this.subject);
    this.inner.setAttribute("transform", `translate(${at.box.left} ${at.box.top})`);
    for (const [key, value] of Object.entries({ x: -1, y: -1, width: at.box.width + 2, height: at.box.height + 2 })) {
      this.clip.setAttribute(key, value);
    }
    const field = panel.marks.find((m) => m.mark === "field");
    this.canvas.hidden = !field;
    if (field) paint(this.canvas, field, at.box);
    this.root.classList.toggle("over-field", Boolean(field));
    this.back.replaceChildren(...drawAxes(panel, at));
    this.front.replaceChildren(...panel.marks.flatMap((mark) => draw(mark, at.x, at.y, at)));
    this.root.classList.toggle("animating", animate);
    this.readout.replaceChildren();
    if (dragged) this.handles.update(dragged, at);
    this.title.textContent = panel.title;
    this.title.hidden = !panel.title;
    this.drawLegend(panel);
  }

  drawLegend(panel) {
    const named = panel.marks.filter((m) => m.label && (m.mark === "dots" || m.mark === "curve"));
    this.legend.hidden = !named.length;
    this.legend.replaceChildren(...named.map((mark) => {
      const role = Array.isArray(mark.role) ? mark.role[0] : mark.role;
      const item = document.createElement("li");
      const key = document.createElement("span");
      key.className = `key ${mark.mark} role-${role}${mark.dashed ? " dashed" : ""}`;
      item.append(key, mark.label);
      return item;
    }));
  }

  // Say what lies under the pointer: the nearest point, or the height of the surface.
  hover(event) {
    if (!this.at || event.buttons) return;
    const frame = this.root.getBoundingClientRect();
    const px = event.clientX - frame.left - this.at.box.left;
    const py = event.clientY - frame.top - this.at.box.top;
    this.readout.replaceChildren();
    if (px < 0 || py < 0 || px > this.at.box.width || py > this.at.box.height) return;
    const found = this.nearest(px, py);
    const field = this.panel.marks.find((m) => m.mark === "field");
    if (found) this.say(found.px, found.py, `${format(found.x)}, ${format(found.y)}`);
    else if (field) {
      const value = valueAt(field, this.at.x, this.at.y, px, py);
      if (value !== null) this.say(px, py, format(value));
    } else if (this.at.bars) this.hoverBar(px, py);
  }

  nearest(px, py) {
    let best = null;
    let reach = 20 ** 2;
    for (const mark of this.panel.marks) {
      if (mark.mark !== "dots" && mark.mark !== "curve") continue;
      mark.x.forEach((x, i) => {
        const y = mark.y[i];
        if (x === null || y === null) return;
        const [ax, ay] = [this.at.x(x), this.at.y(y)];
        const distance = (ax - px) ** 2 + (ay - py) ** 2;
        if (distance < reach) { reach = distance; best = { x, y, px: ax, py: ay }; }
      });
    }
    return best;
  }

  hoverBar(px, py) {
    const { bars, across, x, y } = this.at;
    const i = Math.round(across ? y.invert(py) : x.invert(px));
    const value = bars.values[i];
    if (value === undefined || value === null) return;
    this.say(across ? x(value) : x(i), across ? y(i) : y(value), `${bars.labels[i]}: ${format(value)}`);
  }

  say(px, py, words) {
    const right = px > this.at.box.width * 0.6;
    const label = svg("text", { x: px + (right ? -9 : 9), y: Math.max(py - 8, 10), "text-anchor": right ? "end" : "start" }, words);
    this.readout.replaceChildren(svg("circle", { cx: px, cy: py, r: 3.5 }), label);
  }
}
