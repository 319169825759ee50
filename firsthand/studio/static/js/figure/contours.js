// Contour lines by marching squares: where a sampled surface crosses a level.

// values[i][j] lies at row i, column j; the answer is a list of segments [x1, y1, x2, y2] in those units.
export function contours(values, level) {
  const segments = [];
  for (let i = 0; i + 1 < values.length; i++) {
    for (let j = 0; j + 1 < values[i].length; j++) {
      const corners = [values[i][j], values[i][j + 1], values[i + 1][j + 1], values[i + 1][j]];
      if (corners.some((v) => v === null)) continue;
      const [a, b, c, d] = corners;
      const crossings = [];
      const between = (from, to) => (level - from) / (to - from);
      if (a < level !== b < level) crossings.push([j + between(a, b), i]);
      if (b < level !== c < level) crossings.push([j + 1, i + between(b, c)]);
      if (d < level !== c < level) crossings.push([j + between(d, c), i + 1]);
      if (a < level !== d < level) crossings.push([j, i + between(a, d)]);
      if (crossings.length === 2) segments.push([...crossings[0], ...crossings[1]]);
      if (crossings.length === 4) {
        // A saddle: the value in the middle says which corners belong together.
        const high = (a + b + c + d) / 4 >= level;
        const pairs = high === a >= level ? [[0, 1], [2, 3]] : [[0, 3], [1, 2]];
        for (const [p, q] of pairs) segments.push([...crossings[p], ...crossings[q]]);
      }
    }
  }
  return segments;
}
