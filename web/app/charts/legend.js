// The legend of a chart: a table with last, mean and highest beside wide charts, a line of names below narrow ones.
// A click shows only that series, with Ctrl or Shift it is added or taken away; the choice is kept in the URL.

import { openValueMenu } from '../actions.js';
import { h, isCoarse, replace } from '../dom.js';
import { formatAxis } from '../format.js';
import { icon } from '../icons.js';
import { current, navigate } from '../router.js';
import { summary } from '../answer.js';

/** Whether `series` is shown in the panel. */
export function isShown(panel, series) {
  const only = current().only[panel.id];
  return !only || only.includes(series.name);
}

function choose(panel, name, add, names) {
  const state = current();
  const now = state.only[panel.id];
  let next;
  if (add) {
    const shown = now ?? names;
    next = shown.includes(name) ? shown.filter((other) => other !== name) : [...shown, name];
    if (next.length === 0 || names.every((other) => next.includes(other))) next = null;
  } else {
    next = now?.length === 1 && now[0] === name ? null : [name];
  }
  const only = { ...state.only };
  if (next) only[panel.id] = next; else delete only[panel.id];
  navigate({ only }, { replace: true });
}

/** Fills `host` with the legend of `model`; `colorOf(series, index)` gives the colours. */
export function drawLegend(host, panel, model, colorOf, wide) {
  host.hidden = current().bare.includes(panel.id);
  if (host.hidden) return;
  const names = model.series.map((series) => series.name);
  const rows = model.series.map((series, index) => ({
    series,
    color: colorOf(series, index),
    figures: summary(series.values, model, panel.options.per_second),
  }));
  replace(host,
    wide ? table(rows, panel, names, model) : h('ul', {},
      rows.map((row) => h('li', {}, entry(row, panel, names, model), rows.length === 1 && figuresOf(row, panel))),
    ),
  );
}

// A single series needs no table; its figures fit on the line.
function figuresOf({ figures }, panel) {
  return h('span', { class: 'legend-figures' },
    [
      ['last', figures.last],
      ['mean', figures.mean],
      ['max', figures.max],
    ].map(([name, value]) => h('span', {}, `${name} `, h('b', {}, formatAxis(value, panel.unit)))),
  );
}

function table(rows, panel, names, model) {
  const by = current().legend;
  const sorted = panel.options.keep_order && by === 'mean' ? rows : sortRows(rows, by);
  const head = (key, label) => h('th', { scope: 'col', 'aria-sort': by === key ? (key === 'name' ? 'ascending' : 'descending') : null },
    h('button', { type: 'button', class: 'plain', title: `Sort legends by ${key}`, onclick: () => navigate({ legend: key }, { replace: true }) }, label));
  return h('table', {},
    h('thead', {}, h('tr', {}, head('name', 'series'), ['last', 'mean', 'max'].map((key) => head(key, key)))),
    h('tbody', {}, sorted.map((row) => h('tr', {}, h('td', {}, entry(row, panel, names, model)),
      [row.figures.last, row.figures.mean, row.figures.max].map((value) => h('td', { class: 'number' }, formatAxis(value, panel.unit)))))));
}

/** Rows of a legend by `mean`, `last` or `max`, highest first, or by `name`. */
export function sortRows(rows, by) {
  if (by === 'name') return [...rows].sort((a, b) => a.series.name.localeCompare(b.series.name, 'en', { numeric: true }));
  return [...rows].sort((a, b) => (b.figures[by] ?? -Infinity) - (a.figures[by] ?? -Infinity));
}

function entry({ series, color }, panel, names, model) {
  const shown = isShown(panel, series);
  const toggle = (event) => choose(panel, series.name, event.ctrlKey || event.metaKey || event.shiftKey, names);
  const menu = (event) => {
    event.preventDefault();
    const only = {
      label: current().only[panel.id] ? 'Show all series' : 'Show only this',
      icon: 'filter',
      onclick: () => (current().only[panel.id] ? showAll(panel) : choose(panel, series.name, false, names)),
    };
    const behind = { from: model.from, to: model.to, clause: series.clause, sort: panel.drill?.sort };
    if (series.field && series.value !== '_other') openValueMenu(event.currentTarget, series.field,
      series.value,
      behind,
      [only, { label: 'Show or hide', icon: 'swap', onclick: () => choose(panel, series.name, true, names) }],
    );
    else toggle(event);
  };
  return h('span', { class: `legend-entry${shown ? '' : ' off'}` },
    h('button', {
      type: 'button', class: 'legend-name', 'aria-pressed': String(shown), title: `${series.name}\nClick: only this \u00b7 Ctrl or Shift: show or hide`,
      onclick: (event) => (isCoarse() && series.field ? menu(event) : toggle(event)), oncontextmenu: menu,
    }, h('span', { class: 'swatch', style: { background: color } }), h('span', { class: 'legend-text' }, series.name)),
    series.field && series.value !== '_other' && h('button',
      { type: 'button', class: 'legend-more', 'aria-label': `Filter by ${series.name}`, onclick: menu },
      icon('more'),
    ));
}

function showAll(panel) {
  const only = { ...current().only };
  delete only[panel.id];
  navigate({ only }, { replace: true });
}
