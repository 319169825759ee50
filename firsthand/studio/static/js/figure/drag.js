// Points the reader can move: by pointer, by finger and by the arrow keys.

import { format } from "./scale.js";
import { roleOf, svg, symbol } from "./marks.js";

// Handles live as long as their panel, so that a redraw never takes focus or a pointer away.
export class Handles {
  constructor(layer, onMove) {
    this.layer = layer;
    this.onMove = onMove; // (control, points, settled)
    this.items = [];
    this.active = null;
  }

  update(mark, at) {
    this.at = at;
    this.mark = mark;
    if (this.items.length !== mark.x.length) this.rebuild(mark);
    this.points = mark.x.map((x, i) => (i === this.active ? this.points[i] : [x, mark.y[i]]));
    this.items.forEach((_, i) => this.place(i));
  }

  rebuild(mark) {
    this.points = mark.x.map((x, i) => [x, mark.y[i]]);
    this.items = mark.x.map((_, i) => this.handle(i, roleOf(mark, i)));
    this.layer.replaceChildren(...this.items);
  }

  handle(i, role) {
    const item = svg("g", { class: `handle role-${role}`, tabindex: "0", role: "slider" },
      svg("circle", { r: 16, class: "reach" }),
      svg("path", { d: symbol(role, Math.max(this.mark.size, 4) + 1.5), class: "dot" }));
    item.addEventListener("pointerdown", (event) => this.start(event, i, item));
    item.addEventListener("pointermove", (event) => this.active === i && this.follow(event, i));
    for (const end of ["pointerup", "pointercancel"]) item.addEventListener(end, () => this.settle(i));
    item.addEventListener("keydown", (event) => this.key(event, i));
    return item;
  }

  start(event, i, item) {
    event.preventDefault();
    item.focus({ preventScroll: true });
    item.setPointerCapture(event.pointerId);
    this.active = i;
  }

  follow(event, i) {
    const frame = this.layer.getBoundingClientRect.call(this.layer.ownerSVGElement);
    const { box, x, y } = this.at;
    this.move(i, x.invert(event.clientX - frame.left - box.left), y.invert(event.clientY - frame.top - box.top), false);
  }

  settle(i) {
    if (this.active !== i) return;
    this.active = null;
    this.onMove(this.mark.drag, this.points, true);
  }

  key(event, i) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const { x, y } = this.at;
    const share = event.shiftKey ? 0.1 : 0.02;
    const span = (scale) => (scale.domain[1] - scale.domain[0]) * share;
    this.move(i, this.points[i][0] + step[0] * span(x), this.points[i][1] + step[1] * span(y), true);
  }

  move(i, px, py, settled) {
    const inside = (value, [low, high]) => Math.min(Math.max(value, Math.min(low, high)), Math.max(low, high));
    this.points[i] = [inside(px, this.at.x.domain), inside(py, this.at.y.domain)];
    this.place(i);
    this.onMove(this.mark.drag, this.points, settled);
  }

  place(i) {
    const [px, py] = this.points[i];
    const item = this.items[i];
    item.setAttribute("transform", `translate(${this.at.x(px)} ${this.at.y(py)})`);
    item.setAttribute("aria-label", `Point ${i + 1} of ${this.items.length}; arrow keys move it`);
    item.setAttribute("aria-valuenow", px.toPrecision(3));
    item.setAttribute("aria-valuetext", `x ${format(px)}, y ${format(py)}`);
  }
}
