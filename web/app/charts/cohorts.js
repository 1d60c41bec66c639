// Who comes back and who stays away, from how often each value of a field occurs per week or day. Pure.

/**
 * Weekly cohorts: values by the week in which they were first seen, and how many of them were seen again in each later week.
 * @param {{rows: [number, string|null, number][]}} answer  per week and value a count, in the order of time
 * @param {number} openFrom  ms from which on a week is not over; `Infinity` where all are
 * @returns {{weeks: number[], cohorts: {week: number, size: number, isFirst: boolean, seen: (number|null)[]}[]}}  `seen[n]` is n weeks later, null where that has
 *   not come yet. The first week's cohort are all that were there already: nobody knows since when.
 */
export function weeklyCohorts(answer) {
  const present = answer.rows.filter((row) => row[1] !== null && row[1] !== '_other' && row[2]).map((row) => row[0]);
  // Weeks before the first request are none.
  const start = present.length ? Math.min(...present) : Infinity;
  const weeks = [...new Set(answer.rows.map((row) => row[0]))].filter((week) => week >= start).sort((a, b) => a - b);
  const place = new Map(weeks.map((week, index) => [week, index]));
  const seen = new Map();
  for (const [week, value, count] of answer.rows) {
    if (value === null || value === '_other' || !count) continue;
    if (!seen.has(value)) seen.set(value, new Set());
    seen.get(value).add(place.get(week));
  }
  const cohorts = weeks.map((week, index) => ({ week, size: 0, isFirst: index === 0, seen: new Array(weeks.length - index).fill(0) }));
  for (const places of seen.values()) {
    const first = Math.min(...places);
    cohorts[first].size += 1;
    for (const at of places) cohorts[first].seen[at - first] += 1;
  }
  return { weeks, cohorts: cohorts.filter((cohort) => cohort.size > 0) };
}

/**
 * New and lapsed values per day: new on the first day that it was ever seen, lapsed on the day by which it had not been seen for `lapseDays`.
 * @param {{rows: [number, string|null, number][]}} answer  per day and value a count, in the order of time, with `lapseDays` days before `from`
 * @param {Set<string>} known  values seen before the first day of the answer
 * @param {number} from  ms; days before it are only there to know who lapsed
 * @returns {{days: number[], fresh: string[][], lapsed: string[][], active: number[]}}
 */
export function arrivalsOf(answer, known, lapseDays, from) {
  const days = [...new Set(answer.rows.map((row) => row[0]))].sort((a, b) => a - b);
  const active = new Map(days.map((day) => [day, []]));
  for (const [day, value, count] of answer.rows) if (count && value !== null && value !== '_other') active.get(day).push(value);
  const lastSeen = new Map();
  const met = new Set(known);
  const all = days.map((day, index) => {
    const present = active.get(day);
    const fresh = present.filter((value) => !met.has(value));
    for (const value of present) { met.add(value); lastSeen.set(value, index); }
    const lapsed = [...lastSeen].filter(([, last]) => index - last === lapseDays).map(([value]) => value);
    return { day, fresh, lapsed, active: present.length };
  });
  const shown = all.filter(({ day }) => day >= from);
  return { days: shown.map((item) => item.day), fresh: shown.map((item) => item.fresh), lapsed: shown.map((item) => item.lapsed), active: shown.map((item) => item.active) };
}
