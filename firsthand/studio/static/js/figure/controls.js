// Sliders and choices under a figure.

import { format } from "./scale.js";

const STEPS = 400;
let count = 0;

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const title = (control) => control.label || control.name.replaceAll("_", " ");

function slider(control, onChange) {
  const id = `control-${++count}`;
  const { low, high, log, step } = control;
  const whole = step && !log;
  const input = make("input", { type: "range", id, min: whole ? low : 0, max: whole ? high : STEPS, step: whole ? step : 1 });
  const output = make("output", { htmlFor: id });
  const toValue = () => {
    if (whole) return Number(input.value);
    const t = Number(input.value) / STEPS;
    if (t === 0) return low;
    if (t === 1) return high;
    const value = log ? low * (high / low) ** t : low + (high - low) * t;
    const near = step ? Math.round(value / step) * step : Number(value.toPrecision(3));
    return Math.min(high, Math.max(low, near));
  };
  const toPosition = (value) => {
    if (whole) return value;
    return STEPS * (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
  };
  const say = (value) => {
    output.value = format(value);
    input.setAttribute("aria-valuetext", format(value));
  };
  input.addEventListener("input", () => { say(toValue()); onChange(control.name, toValue(), false); });
  input.addEventListener("change", () => onChange(control.name, toValue(), true));
  const set = (value) => { input.value = Math.round(toPosition(value) * 1e6) / 1e6; say(value); };
  set(control.value);
  const label = make("label", { htmlFor: id }, `${title(control)} `);
  return { element: make("div", { className: "slider" }, label, output, input), set };
}

function choice(control, onChange) {
  const name = `control-${++count}`;
  const group = make("fieldset", { className: "choice" }, make("legend", {}, title(control)));
  const inputs = control.options.map((option) => {
    const input = make("input", { type: "radio", name, value: option });
    input.addEventListener("change", () => onChange(control.name, option, true));
    group.append(make("label", {}, input, make("span", {}, option)));
    return input;
  });
  const set = (value) => inputs.forEach((input) => { input.checked = input.value === value; });
  set(control.value);
  return { element: group, set };
}

const makers = { slider, choice };

// The form of all controls but the draggable points, which live in the picture; null where there is nothing to show.
export function controls(specs, onChange, onReset) {
  if (!specs.length) return null;
  const parts = specs.filter((s) => makers[s.kind]).map((s) => [s.name, makers[s.kind](s, onChange)]);
  const again = make("button", { type: "button", className: "quiet", textContent: "as it was", hidden: true });
  again.addEventListener("click", onReset);
  const element = make("form", { className: "controls" }, ...parts.map(([, part]) => part.element), again);
  element.addEventListener("submit", (event) => event.preventDefault());
  return {
    element,
    set: (values) => parts.forEach(([name, part]) => part.set(values[name])),
    changed: (differs) => { again.hidden = !differs; },
  };
}
