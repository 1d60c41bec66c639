// A calendar of one month: two days make a range. A grid in the sense of ARIA: arrow keys move by days and weeks, Page Up and Page
// Down by months, Home and End within the week; Enter chooses.

import { serverNow } from './clock.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { chooseDay, dayText, monthWeeks, moveDay, moveMonth } from './month-grid.js';
import { zone } from './router.js';
import { calendar as fieldsOf, MONTH_NAMES, WEEKDAYS } from './zone.js';

/** The calendar; `chosen` is `{from, to}` of days or null, and `choose(range)` hears of each choice (`to` null after the first day). */
export function calendarGrid(chosen, choose) {
  const today = pick(fieldsOf(serverNow(), zone()));
  let focus = chosen?.to ?? chosen?.from ?? today;
  let range = chosen;
  const title = h('span', { class: 'calendar-title', 'aria-live': 'polite' });
  const body = h('tbody', {});
  const grid = h('table', { class: 'calendar-grid', role: 'grid', 'aria-label': 'Days' },
    h('thead', {}, h('tr', {}, WEEKDAYS.map((name) => h('th', { scope: 'col', abbr: name }, name.slice(0, 2))))), body);
  const turn = (months) => h('button', {
    type: 'button', class: 'icon-button', 'aria-label': months < 0 ? 'Month before' : 'Month after', onclick: () => { focus = moveMonth(focus, months); draw(); },
  }, icon(months < 0 ? 'left' : 'right'));

  const draw = (withFocus = false) => {
    title.textContent = `${MONTH_NAMES[focus.month - 1]} ${focus.year}`;
    replace(body, monthWeeks(focus.year, focus.month).map((week) => h('tr', {}, week.map((day) => cell(day)))));
    if (withFocus) body.querySelector('[tabindex="0"]').focus();
  };
  const cell = (day) => {
    const text = dayText(day);
    const ends = range && [range.from, range.to ?? range.from].map(dayText);
    const names = [day.month !== focus.month && 'other-month', text === dayText(today) && 'today', ends?.includes(text) && 'end', ends && text > ends[0] && text < ends[1] && 'within'];
    return h('td', { role: 'gridcell', 'aria-selected': String(Boolean(ends && text >= ends[0] && text <= ends[1])) }, h('button', {
      type: 'button', class: names.filter(Boolean).join(' ') || null, tabindex: text === dayText(focus) ? '0' : '-1', 'aria-label': `${day.day} ${MONTH_NAMES[day.month - 1]} ${day.year}`,
      'aria-current': text === dayText(today) ? 'date' : null, onclick: () => { focus = day; range = chooseDay(range, day); draw(true); choose(range); },
    }, String(day.day)));
  };
  grid.addEventListener('keydown', (event) => {
    const weekday = (new Date(Date.UTC(focus.year, focus.month - 1, focus.day)).getUTCDay() + 6) % 7;
    const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, Home: -weekday, End: 6 - weekday }[event.key];
    const months = { PageUp: -1, PageDown: 1 }[event.key];
    if (days === undefined && months === undefined) return;
    event.preventDefault();
    focus = days === undefined ? moveMonth(focus, months) : moveDay(focus, days);
    draw(true);
  });
  draw();
  return h('div', { class: 'calendar' }, h('div', { class: 'calendar-head' }, turn(-1), title, turn(1)), grid);
}

function pick({ year, month, day }) {
  return { year, month, day };
}
