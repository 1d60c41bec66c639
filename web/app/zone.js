// Calendar arithmetic and printing in a time zone, on top of Intl (the browser's own zone tables; nothing is shipped).
// A zone is an IANA name; instants are milliseconds since 1970.

const formatters = new Map();

function formatter(zone, options) {
  const key = zone + JSON.stringify(options);
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });
    formatters.set(key, made);
  }
  return made;
}

/** The browser's own zone. */
export function localZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** All zones that this browser knows, UTC first. */
export function allZones() {
  const zones = Intl.supportedValuesOf?.('timeZone') ?? [];
  return ['UTC', ...zones.filter((name) => name !== 'UTC')];
}

/** Whether `name` is a zone that this browser knows. */
export function isZone(name) {
  try { new Intl.DateTimeFormat('en', { timeZone: name }); return true; } catch { return false; }
}

const FIELDS = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };

/** The calendar fields of `ms` in `zone`: year, month (1-12), day, hour, minute, second, weekday (0 = Monday). */
export function calendar(ms, zone) {
  const fields = {};
  for (const part of formatter(zone, FIELDS).formatToParts(ms)) fields[part.type] = Number(part.value);
  const { year, month, day, hour, minute, second } = fields;
  return { year, month, day, hour, minute, second, weekday: (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7 };
}

/** Milliseconds to add to UTC to get the wall clock of `zone` at `ms`. */
export function offset(ms, zone) {
  if (zone === 'UTC') return 0;
  const c = calendar(ms, zone);
  return Date.UTC(c.year, c.month - 1, c.day, c.hour, c.minute, c.second) - Math.floor(ms / 1000) * 1000;
}

/**
 * The instant at which the wall clock of `zone` shows the given fields; fields out of range carry over, as with `Date`.
 * In the gap of a spring change the instant after the gap, in the doubled hour of autumn the first of the two.
 */
export function instant(zone, year, month, day = 1, hour = 0, minute = 0, second = 0) {
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  // The offset before the change is tried first: it is the right one outside of changes and gives the first of two.
  const early = wall - offset(wall - 86_400_000, zone);
  if (early + offset(early, zone) === wall) return early;
  const late = wall - offset(early, zone);
  return late + offset(late, zone) === wall ? late : early;
}

/** `ms` rounded down to the start of its `s m h d w M y` in `zone`; weeks start on Monday. */
export function startOf(ms, unit, zone) {
  if (unit === 's') return Math.floor(ms / 1000) * 1000;
  const c = calendar(ms, zone);
  switch (unit) {
    // Minutes and hours are cut from the instant, so that the doubled hour of autumn stays two hours.
    case 'm': return ms - c.second * 1000 - (((ms % 1000) + 1000) % 1000);
    case 'h': return ms - (c.minute * 60 + c.second) * 1000 - (((ms % 1000) + 1000) % 1000);
    case 'd': return instant(zone, c.year, c.month, c.day);
    case 'w': return instant(zone, c.year, c.month, c.day - c.weekday);
    case 'M': return instant(zone, c.year, c.month);
    case 'y': return instant(zone, c.year, 1);
    default: throw new RangeError(`unknown unit ${unit}`);
  }
}

/** `ms` moved by `amount` of `s m h d w M y` on the calendar of `zone`; the 31st becomes the last day of a shorter month. */
export function add(ms, amount, unit, zone) {
  const fixed = { s: 1000, m: 60_000, h: 3_600_000 }[unit];
  if (fixed) return ms + amount * fixed;
  const c = calendar(ms, zone);
  const fraction = ((ms % 1000) + 1000) % 1000;
  if (unit === 'd' || unit === 'w') {
    return instant(zone, c.year, c.month, c.day + amount * (unit === 'w' ? 7 : 1), c.hour, c.minute, c.second) + fraction;
  }
  const months = c.year * 12 + (c.month - 1) + amount * (unit === 'y' ? 12 : 1);
  const year = Math.floor(months / 12);
  const month = (months % 12) + 1;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return instant(zone, year, month, Math.min(c.day, last), c.hour, c.minute, c.second) + fraction;
}

const two = (value) => String(value).padStart(2, '0');
/** Names of the months, January first. */
export const MONTH_NAMES = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Weekday names, Monday first. */
export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `2026-03-05 16:03:20` in `zone`; with `precision` `ms` also milliseconds, with `m` without seconds. */
export function formatInstant(ms, zone, precision = 's') {
  const c = calendar(ms, zone);
  const day = `${c.year}-${two(c.month)}-${two(c.day)}`;
  if (precision === 'd') return day;
  const minute = `${day} ${two(c.hour)}:${two(c.minute)}`;
  if (precision === 'm') return minute;
  const second = `${minute}:${two(c.second)}`;
  return precision === 'ms' ? `${second}.${String(Math.floor(((ms % 1000) + 1000) % 1000)).padStart(3, '0')}` : second;
}

/** The wall clock alone, `16:03` or `16:03:20`. */
export function formatClock(ms, zone, withSeconds = false) {
  const c = calendar(ms, zone);
  return `${two(c.hour)}:${two(c.minute)}${withSeconds ? `:${two(c.second)}` : ''}`;
}

/** The day alone, `5 Mar`, with the year where it is not `year`. */
export function formatDay(ms, zone, year) {
  const c = calendar(ms, zone);
  return `${c.day} ${MONTHS[c.month - 1]}${year !== undefined && year !== c.year ? ` ${c.year}` : ''}`;
}

/** A span of time as short as it stays clear: the day once when both ends share it. */
export function formatSpan(from, to, zone) {
  const a = calendar(from, zone);
  const b = calendar(to, zone);
  const fine = a.second !== 0 || b.second !== 0;
  const midnight = (c) => c.hour === 0 && c.minute === 0 && c.second === 0;
  if (midnight(a) && midnight(b)) {
    const last = to - 1;
    return formatInstant(from, zone, 'd') === formatInstant(last, zone, 'd')
      ? formatDay(from, zone, undefined) + ` ${a.year}` : `${formatDay(from, zone, b.year)} \u2013 ${formatDay(last, zone)} ${b.year}`;
  }
  const sameDay = a.year === b.year && a.month === b.month && a.day === b.day;
  const start = `${formatDay(from, zone)} ${formatClock(from, zone, fine)}`;
  return sameDay ? `${start} \u2013 ${formatClock(to, zone, fine)}` : `${start} \u2013 ${formatDay(to, zone)} ${formatClock(to, zone, fine)}`;
}

/** `UTC`, or the zone's name with its offset now, for example `Europe/Berlin (UTC+1)`. */
export function zoneLabel(zone, now) {
  if (zone === 'UTC') return 'UTC';
  const minutes = Math.round(offset(now, zone) / 60_000);
  if (minutes === 0) return `${zone} (UTC)`;
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`;
  return `${zone} (UTC${minutes < 0 ? '\u2212' : '+'}${Math.floor(size / 60)}${rest})`;
}
