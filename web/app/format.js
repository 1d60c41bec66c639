// Numbers as people read them: every unit the API names, with as many digits as carry meaning and no more.

const MINUS = '\u2212';
const THIN = '\u202f';

/** What is shown where there is no value. */
export const ABSENT = '\u2013';

/** `value` with three significant digits below 1,000 and none after the point above, for example 0.0412, 4.12, 41.2, 412. */
function threeDigits(value) {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 99.95) return String(Math.round(value));
  if (size >= 9.995) return trim(value.toFixed(1));
  if (size >= 0.9995) return trim(value.toFixed(2));
  return trim(value.toPrecision(size < 0.001 ? 2 : 3));
}

function trim(text) {
  if (text.includes('e')) return String(Number(text));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const SCALES = [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']];

function scaled(value) {
  const size = Math.abs(value);
  // 999.5 would print as 1000: hand it to the next scale.
  for (const [factor, name] of SCALES) {
    if (size >= factor * 0.9995) return [threeDigits(value / factor), name];
  }
  return [threeDigits(value), ''];
}

function count(value) {
  // Whole numbers below 10,000 are shown whole: people compare them with other tools.
  if (Number.isInteger(value) && Math.abs(value) < 10_000) return [group(value), ''];
  return scaled(value);
}

function group(value) {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

function seconds(value) {
  const size = Math.abs(value);
  if (size === 0) return ['0', 's'];
  if (size < 0.0009995) return [threeDigits(value * 1e6), '\u00b5s'];
  if (size < 0.9995) return [threeDigits(value * 1e3), 'ms'];
  if (size < 119.5) return [threeDigits(value), 's'];
  if (size < 7_170) return [threeDigits(value / 60), 'min'];
  if (size < 172_000) return [threeDigits(value / 3_600), 'h'];
  return [threeDigits(value / 86_400), 'd'];
}

function bytes(value) {
  // Powers of 1,000: axes have their marks at round numbers, and sizes on the wire are told so.
  const names = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let index = 0;
  let rest = value;
  while (Math.abs(rest) >= 999.5 && index < names.length - 1) { rest /= 1000; index += 1; }
  return [threeDigits(rest), names[index]];
}

function percent(ratio) {
  const value = ratio * 100;
  if (value === 0 || value === 100) return [String(value), '%'];
  // Never round a fault away: 99.996 % is not 100 %, and 0.004 % is not 0 %.
  if (value > 99 && value < 100) return [trim((Math.floor(value * 1000) / 1000).toFixed(3)), '%'];
  if (Math.abs(value) < 0.01) return [value > 0 ? '<0.01' : trim(value.toPrecision(1)), '%'];
  return [threeDigits(value), '%'];
}

function dollars(value) {
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : '';
  if (size === 0) return ['$0', ''];
  if (size >= 100_000) { const [text, name] = scaled(size); return [`${sign}$${text}${name}`, '']; }
  if (size >= 1_000) return [`${sign}$${group(Math.round(size))}`, ''];
  if (size >= 0.995) return [`${sign}$${size.toFixed(2)}`, ''];
  return [`${sign}$${trim(size.toPrecision(size < 0.0001 ? 2 : 3))}`, ''];
}

/**
 * `value` in `unit` as text and the unit's sign, apart, for places that show the sign smaller.
 * `unit` is a unit of the API (`s`, `By`, `USD`, `ratio`, `1`, `{token}`), of a panel (docs/formats/dashboard.md), or `req`.
 */
export function formatParts(value, unit = '1') {
  if (value === null || value === undefined || Number.isNaN(value)) return { text: ABSENT, unit: '' };
  const [text, sign] = parts(value, unit);
  return { text: text.replace('-', MINUS), unit: sign };
}

function parts(value, unit) {
  switch (unit) {
    case 's': return seconds(value);
    case 'By': return bytes(value);
    case 'USD': return dollars(value);
    case 'USD/h': case 'USD/month': return [dollars(value)[0], unit.slice(3)];
    case 'ratio': return percent(value);
    case 'percent': return percent(value / 100);
    case 'By/s': { const [text, scale] = bytes(value); return [text, `${scale}/s`]; }
    case 'W': case '1/s': { const [text, scale] = scaled(value); return [text, `${scale}${unit === 'W' ? 'W' : '/s'}`]; }
    case 'Cel': return [threeDigits(value), '\u00b0C'];
    case 'd': return [threeDigits(value), 'd'];
    case 'req/s': case 'tok/s': {
      // A rate this small is one request in a quarter of an hour: more digits would only look exact.
      if (value > 0 && value < 0.001) return ['<0.001', unit];
      const [text, scale] = value < 0.1 ? [trim(value.toPrecision(2)), ''] : scaled(value);
      return [text + scale, unit];
    }
    case '{token}': { const [text, scale] = count(value); return [text + scale, 'tok']; }
    case 'req': { const [text, scale] = count(value); return [text + scale, 'req']; }
    default: { const [text, scale] = count(value); return [text + scale, '']; }
  }
}

/** `value` in `unit` as one text: `412 ms`, `1.2k req/s`, `99.98 %`, `$0.0041`. */
export function format(value, unit = '1') {
  const { text, unit: sign } = formatParts(value, unit);
  return sign ? `${text}${THIN}${sign}` : text;
}

/** As ``format`` but without `req`, `tok`, `/s`: for axes, where the panel's title says the unit. */
export function formatAxis(value, unit) {
  const { text, unit: sign } = formatParts(value, unit);
  return ['', 'req/s', 'tok/s', 'req', 'tok'].includes(sign) ? text : `${text}${THIN}${sign}`;
}

/** A change as signed per cent of `before` (`+12 %`), or the new thing's name where there is nothing to compare with. */
export function formatChange(now, before) {
  if (now === null || before === null || now === undefined || before === undefined) return ABSENT;
  if (before === 0) return now === 0 ? 'same' : 'new';
  const change = (now - before) / Math.abs(before);
  if (Math.abs(change) < 0.005) return 'same';
  const sign = change > 0 ? '+' : MINUS;
  const size = Math.abs(change);
  return size >= 10 ? `\u00d7${threeDigits(now / before)}` : `${sign}${threeDigits(Number((size * 100).toPrecision(2)))}${THIN}%`;
}

/** A change of a ratio in percentage points (`+1.2 pp`). */
export function formatPoints(now, before) {
  if (now === null || before === null || now === undefined || before === undefined) return ABSENT;
  const points = (now - before) * 100;
  if (Math.abs(points) < 0.005) return 'same';
  return `${points > 0 ? '+' : MINUS}${trim(Math.abs(points).toFixed(Math.abs(points) < 1 ? 2 : 1))}${THIN}pp`;
}

/** An age in seconds in one unit, for running text: `4 s`, `3 min`, `2 h`, `5 d`. */
export function formatAge(ageSeconds) {
  if (ageSeconds === null || ageSeconds === undefined) return ABSENT;
  const age = Math.max(0, ageSeconds);
  if (age < 1) return `<1${THIN}s`;
  if (age < 90) return `${Math.round(age)}${THIN}s`;
  if (age < 5_400) return `${Math.round(age / 60)}${THIN}min`;
  if (age < 129_600) return `${Math.round(age / 3_600)}${THIN}h`;
  return `${Math.round(age / 86_400)}${THIN}d`;
}

/** A whole count, all digits, in groups of three. */
export function formatCount(value) {
  return value === null || value === undefined ? ABSENT : group(value);
}
