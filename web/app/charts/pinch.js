// Two fingers on a chart: the range in which the times under the fingers stay under them. Pure.

/** Nobody looks closer than this. */
const LENGTH_MS_MIN = 1_000;
/** Ten years: the longest range that is worth a question. */
const LENGTH_MS_MAX = 315_576_000_000;

/**
 * The range after a pinch. `times` are the two times first touched (ms), `pixels` where the fingers are now, from the plot's left
 * edge; `width` is the plot's. It does not reach beyond `now`. Null while the fingers lie on one another.
 * @returns {{from: number, to: number} | null}
 */
export function pinchedRange(times, pixels, width, now) {
  const [[early, left], [late, right]] = [[times[0], pixels[0]], [times[1], pixels[1]]].sort((a, b) => a[0] - b[0]);
  if (late <= early || right - left < 4 || width <= 0) return null;
  const length = Math.min(LENGTH_MS_MAX, Math.max(LENGTH_MS_MIN, ((late - early) / (right - left)) * width));
  const from = early - (left / width) * length;
  const to = Math.min(from + length, Math.max(now, late));
  return { from: to - length, to };
}
