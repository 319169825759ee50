// Scales and ticks: from numbers to pixels and to the few labels an axis needs.

export function linear([low, high], [from, to]) {
  const span = high - low || 1;
  const scale = (value) => from + ((value - low) / span) * (to - from);
  scale.invert = (pixel) => low + ((pixel - from) / (to - from)) * span;
  scale.domain = [low, high];
  return scale;
}

export function logarithmic([low, high], [from, to]) {
  const inner = linear([Math.log10(low), Math.log10(high)], [from, to]);
  const scale = (value) => inner(Math.log10(Math.max(value, low * 1e-6)));
  scale.invert = (pixel) => 10 ** inner.invert(pixel);
  scale.domain = [low, high];
  return scale;
}

// Steps of 1, 2 or 5 times a power of ten; about `count` of them.
export function ticks(low, high, count) {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((m) => m * power >= raw * 0.999) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export function logTicks(low, high) {
  const from = Math.ceil(Math.log10(low) - 1e-9);
  const to = Math.floor(Math.log10(high) + 1e-9);
  if (to - from < 1) return ticks(low, high, 3).filter((v) => v > 0);
  const every = Math.ceil((to - from + 1) / 6);
  const out = [];
  for (let power = from; power <= to; power += every) out.push(10 ** power);
  return out;
}

const raised = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// A number as a person writes it: a true minus sign, no trailing zeros, powers of ten when tiny or huge.
export function format(value, digits = 3) {
  if (value === null || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e5) {
    const [mantissa, power] = value.toExponential(Math.max(digits - 2, 0)).split("e");
    const exponent = String(Number(power)).replace(/./g, (c) => raised[c]);
    const front = Number(mantissa);
    return (front === 1 ? "10" : `${front}·10`).replace("-", "−") + exponent;
  }
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}
