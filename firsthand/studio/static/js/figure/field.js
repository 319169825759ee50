// A surface seen from above: colours on a canvas, contour lines over it.

import { contours } from "./contours.js";
import { colour } from "./theme.js";

const mix = (from, to, t) => from.map((c, k) => c + (to[k] - c) * t);

function palette(mark, low, high) {
  const paper = colour("paper");
  if (!mark.diverging) {
    const deep = colour("soft");
    return (v) => mix(paper, deep, 0.46 * ((v - low) / (high - low || 1)) ** 0.8);
  }
  const [cold, warm] = [colour("b"), colour("a")];
  const reach = Math.max(high - mark.middle, mark.middle - low, 1e-12);
  return (v) => {
    const t = Math.max(-1, Math.min(1, (v - mark.middle) / reach));
    return mix(paper, t < 0 ? cold : warm, 0.29 * Math.abs(t) ** 0.9);
  };
}

// Paint `mark` into a canvas that lies exactly behind the plot of `box` {left, top, width, height}.
export function paint(canvas, mark, box) {
  const ratio = window.devicePixelRatio || 1;
  Object.assign(canvas.style, {
    left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px`,
  });
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  const rows = mark.values.length;
  const columns = mark.values[0]?.length ?? 0;
  if (rows < 2 || columns < 2) return;
  const flat = mark.values.flat().filter((v) => v !== null);
  const low = flat.reduce((a, b) => Math.min(a, b), Infinity);
  const high = flat.reduce((a, b) => Math.max(a, b), -Infinity);
  const shade = palette(mark, low, high);
  const small = document.createElement("canvas");
  small.width = columns;
  small.height = rows;
  const context = small.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = mark.values[rows - 1 - i][j]; // pixels go down, y goes up
      const at = 4 * (i * columns + j);
      const [r, g, b] = value === null ? [0, 0, 0] : shade(value);
      image.data.set([r, g, b, value === null ? 0 : 255], at);
    }
  }
  context.putImageData(image, 0, 0);
  // Samples lie on the edges of the plot, so the picture reaches half a cell beyond it on every side.
  const [cellX, cellY] = [canvas.width / (columns - 1), canvas.height / (rows - 1)];
  const big = canvas.getContext("2d");
  big.imageSmoothingEnabled = true;
  big.imageSmoothingQuality = "high";
  big.drawImage(small, -cellX / 2, -cellY / 2, columns * cellX, rows * cellY);
}

// The path of every contour of `mark`, in the pixels of the plot.
export function contourPaths(mark, x, y) {
  const rows = mark.values.length;
  const columns = mark.values[0]?.length ?? 0;
  const toX = (j) => x(x.domain[0] + (j / (columns - 1)) * (x.domain[1] - x.domain[0]));
  const toY = (i) => y(y.domain[0] + (i / (rows - 1)) * (y.domain[1] - y.domain[0]));
  return mark.levels.map((level) =>
    contours(mark.values, level)
      .map(([x1, y1, x2, y2]) =>
        `M${toX(x1).toFixed(1)} ${toY(y1).toFixed(1)}L${toX(x2).toFixed(1)} ${toY(y2).toFixed(1)}`)
      .join(""),
  );
}

// The value of the surface at a place, by its nearest sample.
export function valueAt(mark, x, y, px, py) {
  const rows = mark.values.length;
  const columns = mark.values[0]?.length ?? 0;
  const j = Math.round(((x.invert(px) - x.domain[0]) / (x.domain[1] - x.domain[0])) * (columns - 1));
  const i = Math.round(((y.invert(py) - y.domain[0]) / (y.domain[1] - y.domain[0])) * (rows - 1));
  return mark.values[i]?.[j] ?? null;
}
