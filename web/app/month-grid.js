// The days of a month as weeks, for a calendar. Pure.

/** The day after (or before) a day; a day is `{year, month (1-12), day}`. */
export function moveDay({ year, month, day }, days) {
  return dayOf(new Date(Date.UTC(year, month - 1, day + days)));
}

/** The same day of another month; the 31st becomes the last of a shorter month. */
export function moveMonth({ year, month, day }, months) {
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return { year: first.getUTCFullYear(), month: first.getUTCMonth() + 1, day: Math.min(day, last) };
}

function dayOf(date) {
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The weeks (Monday first) that show a month: lists of seven days, those of other months included. */
export function monthWeeks(year, month) {
  const first = { year, month, day: 1 };
  const weekday = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from({ length: Math.ceil((weekday + length) / 7) }, (_, week) => Array.from({ length: 7 }, (_, day) => moveDay(first, week * 7 + day - weekday)));
}

/** `2026-03-05`, also a key for comparing days. */
export function dayText({ year, month, day }) {
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** What a click on `day` makes of what is chosen: the first starts, the second ends (in either order), a third starts anew. */
export function chooseDay(chosen, day) {
  if (!chosen || chosen.to) return { from: day, to: null };
  return dayText(day) < dayText(chosen.from) ? { from: day, to: chosen.from } : { from: chosen.from, to: day };
}
