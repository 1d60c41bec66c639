// The classes of a map's colours: few enough to be told apart, with limits that can be read.

/** Colours of a map, light to dark; the palette's lightest is left out, since it looks like a country without requests. */
export const CLASSES = 5;
/** Values that span more than this are classed by their logarithm: one large country would leave all others in the lightest class. */
const WIDE = 20;

/** A number with two significant digits. */
function rounded(value) {
  return Number(value.toPrecision(2));
}

/**
 * The upper limits of the classes, ascending; the last is the largest value. Fewer than `CLASSES` where values are few or close together.
 * @param {number[]} values  those to be shown, without absent ones
 */
export function classLimits(values) {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return values.length ? [0] : [];
  const [low, high] = [Math.min(...positive), Math.max(...positive)];
  const count = Math.min(CLASSES, new Set(positive).size);
  const wide = high / low > WIDE;
  const limits = Array.from({ length: count - 1 }, (_, index) => {
    const share = (index + 1) / count;
    return rounded(wide ? low * (high / low) ** share : low + (high - low) * share);
  }).filter((limit, index, all) => limit < high && (index === 0 || limit > all[index - 1]));
  return [...limits, high];
}

/** The class of a value, 0 for the lightest. */
export function classOf(value, limits) {
  const found = limits.findIndex((limit) => value <= limit);
  return found < 0 ? limits.length - 1 : found;
}

/** The colour's position in the palette's list of `CLASSES` + 1 colours: the darkest is always used. */
export function colorIndex(number, limits) {
  return CLASSES + 1 - limits.length + number;
}

const regions = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** What a country is called: by its two letters, a private network and an absent country included. */
export function countryName(code) {
  if (code === null) return 'Not known';
  if (code === 'private') return 'Private networks';
  // Only a well-formed code may be asked for.
  return /^[A-Z]{2}$/.test(code) ? regions.of(code) ?? code : code;
}
