// An interactive figure: its controls, its panels, and the talk with the server that computes it.

import { post } from "../http.js";
import { controls } from "./controls.js";
import { keepNear } from "./margin.js";
import { PanelView } from "./panel.js";
import { calm, onTheme } from "./theme.js";

const TWEEN = 90; // ms between two pictures of the same shape

class FigureView {
  constructor(element) {
    this.element = element;
    const data = JSON.parse(element.querySelector("script").textContent);
    this.values = Object.fromEntries(data.controls.map((c) => [c.name, c.value ?? c.points]));
    this.start = structuredClone(this.values);
    this.holder = element.querySelector(".panels");
    this.reading = element.querySelector(".reading");
    this.panels = [];
    this.subject = /^[^.]*/.exec(element.querySelector("figcaption").textContent)[0] || "Picture";
    this.form = controls(data.controls, (name, value, settled) => this.change(name, value, settled), () => this.reset());
    if (this.form) this.holder.after(this.form.element);
    this.say(data.picture);
    this.first = data.picture;
  }

  // Draw for the first time.
  begin() {
    this.show(this.picture ?? this.first, { animate: true });
    this.holder.style.aspectRatio = "";
    this.width = this.holder.clientWidth;
    new ResizeObserver(() => this.resized()).observe(this.holder);
    onTheme(() => this.redraw());
    const once = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      this.redraw({ animate: true });
      once.disconnect();
    }, { threshold: 0.4 });
    once.observe(this.holder);
  }

  change(name, value, settled) {
    this.values[name] = structuredClone(value);
    this.form?.changed(this.differs());
    this.ask(settled);
  }

  differs() {
    return JSON.stringify(this.values) !== JSON.stringify(this.start);
  }

  reset() {
    this.values = structuredClone(this.start);
    this.form.set(this.values);
    this.form.changed(false);
    this.ask(true);
  }

  // One request at a time; while it is under way only the newest wish is kept.
  async ask(settled) {
    this.wish = { settled };
    if (this.asking) return;
    this.asking = true;
    while (this.wish) {
      const { settled: last } = this.wish;
      this.wish = null;
      try {
        const picture = await post(this.element.dataset.figure, { values: this.values });
        this.show(picture, { animate: last && !this.wish });
      } catch (error) {
        this.reading.textContent = error.message;
      }
    }
    this.asking = false;
  }

  say(picture) {
    this.reading.textContent = picture.reading;
    this.reading.hidden = !picture.reading;
  }

  show(picture, { animate }) {
    const before = this.picture;
    this.picture = picture;
    this.say(picture);
    while (this.panels.length < picture.panels.length) {
      const view = new PanelView((name, points, settled) => this.change(name, points, settled), this.subject);
      this.panels.push(view);
      this.holder.append(view.element);
    }
    while (this.panels.length > picture.panels.length) this.panels.pop().element.remove();
    this.tween(before, animate);
  }

  // Move from one picture to the next when they have the same shape; else simply draw.
  tween(before, animate) {
    cancelAnimationFrame(this.frame);
    const target = this.picture.panels;
    const from = before && !calm() ? this.shown ?? before.panels : null;
    const begin = performance.now();
    const step = (now) => {
      const t = Math.min(1, (now - begin) / TWEEN);
      const panels = from && t < 1 ? between(from, target, 1 - (1 - t) ** 2) : target;
      this.shown = panels;
      panels.forEach((panel, i) => this.panels[i].draw(panel, { animate: animate && t === 1 && !calm() }));
      if (t < 1) this.frame = requestAnimationFrame(step);
    };
    step(from ? begin : begin + TWEEN);
  }

  resized() {
    if (this.holder.clientWidth === this.width) return;
    this.width = this.holder.clientWidth;
    this.redraw();
  }

  redraw(options) {
    this.picture.panels.forEach((panel, i) => this.panels[i].draw(panel, options));
  }
}

// Numbers move in a straight line; whatever is not the same on both sides jumps to the new one.
export function between(from, to, t) {
  if (typeof to === "number") return typeof from === "number" ? from + (to - from) * t : to;
  if (Array.isArray(to)) {
    return Array.isArray(from) && from.length === to.length ? to.map((v, i) => between(from[i], v, t)) : to;
  }
  if (to && typeof to === "object") {
    return Object.fromEntries(Object.entries(to).map(([k, v]) => [k, between(from?.[k], v, t)]));
  }
  return to;
}

// A figure is drawn when it is about to be seen, so that a long lesson opens at once.
const views = new WeakMap();
const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    views.get(target).begin();
  }
}, { rootMargin: "900px 0px" });

function mount() {
  for (const element of document.querySelectorAll("figure[data-figure]:not([data-drawn])")) {
    element.dataset.drawn = "";
    views.set(element, new FigureView(element));
    near.observe(element);
  }
}

mount();
keepNear();
document.addEventListener("htmx:afterSwap", mount);
