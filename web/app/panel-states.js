// What stands in a panel that has nothing to draw: a skeleton before the first answer, the error, or why there is no data.

import { h } from './dom.js';
import { formatCount } from './format.js';
import { icon } from './icons.js';
import { news } from './live.js';
import { demand, rangeFacts } from './refresher.js';
import { current, linkTo, zone } from './router.js';
import { seriesNotice } from './series/series-notice.js';
import { absoluteRange } from './time-range.js';
import { formatInstant } from './zone.js';

/** Grey shapes in place of a panel of this kind. */
export function skeleton(kind) {
  if (kind === 'stat') return h('div', { class: 'skeleton skeleton-stat', 'aria-hidden': 'true' }, h('i', {}), h('i', {}), h('i', {}));
  return h('div', { class: 'skeleton skeleton-chart', 'aria-hidden': 'true' },
    Array.from({ length: 12 }, (_, index) => h('i', { style: { height: `${30 + ((index * 37) % 60)}%` } })),
  );
}

/** The message of a failed panel. */
export function errorNotice(error) {
  // The filter bar says once what is wrong with the filter; a page full of the same message would hide it.
  if (error.field === 'where') return h('div', { class: 'notice notice-empty' }, h('p', {}, 'Waiting for a filter that can be read'));
  return h('div', { class: 'notice notice-error', role: 'alert' }, icon('warning'),
    h('div', {}, h('strong', {}, 'No answer to this question'), h('p', {}, error.message), error.hint && h('p', { class: 'muted' }, error.hint),
      h('button', { type: 'button', class: 'button', onclick: () => demand('all') }, icon('refresh'), 'Try again')));
}

/** Why there is nothing to see: `panel.empty` where no data is good news, else filter, range or store. */
export function emptyNotice(panel) {
  if (panel.promql?.length) return seriesNotice(panel);
  const { matched, total } = rangeFacts();
  const { where } = current();
  if (panel.empty && matched) return h('div', { class: 'notice notice-empty' }, h('p', {}, panel.empty));
  if (where && total > 0 && !matched) {
    return h('div', { class: 'notice notice-empty' }, h('div', {}, h('strong', {}, 'Nothing matches the filter'), h(
      'p',
      { class: 'muted' },
      `${formatCount(total)} requests in this range without it.`,
    ),
      h('a', { class: 'button', ...linkTo({ where: '' }) }, 'Clear the filter')));
  }
  if (matched) return h('div', { class: 'notice notice-empty' },
    h('p', {}, panel.needs ?? 'None of the requests in this range carries this figure.'),
  );
  return nothingInRange();
}

function nothingInRange() {
  const newest = news().tick?.newest ?? news().status?.store?.newest;
  const retained = rangeFacts().completeness?.retained_from;
  const oldest = news().status?.store?.oldest ?? retained;
  const jump = newest && absoluteRange(Date.parse(newest) - 3_600_000, Date.parse(newest) + 1_000);
  return h('div', { class: 'notice notice-empty' }, h('div', {}, h('strong', {}, 'No requests in this range'),
    newest && h('p', { class: 'muted' },
      `There is data from ${oldest ? formatInstant(Date.parse(oldest), zone(), 'm') : 'the beginning'} to ${formatInstant(Date.parse(newest), zone(), 'm')}.`,
    ),
    jump && h('a', { class: 'button', ...linkTo(jump) }, 'Go to the newest data')));
}

/** A note that the figures shown could not be brought up to date. */
export function outdatedNote(error) {
  return h('p', { class: 'panel-note', role: 'status' }, icon('warning'),
    h('span', {}, `Not up to date: ${error.message}`),
    h('button', { type: 'button', class: 'plain', onclick: () => demand('all') }, 'Try again'),
  );
}

function incompleteness(completeness) {
  if (!completeness || completeness.complete) return '';
  return completeness.notes?.length ? completeness.notes.join('; ') : 'a part of the range is not available';
}

/** A note that a panel's figures are not complete, null where they are or where the page says it already. */
export function completenessNote(completeness) {
  const text = incompleteness(completeness);
  return text && text !== incompleteness(rangeFacts().completeness) ? h('p', { class: 'panel-note' },
    icon('warning'),
    h('span', { title: text }, `Incomplete: ${text}`),
  ) : null;
}

/** The note of the whole page, null where its range is complete. */
export function pageNote() {
  const text = incompleteness(rangeFacts().completeness);
  return text ? h('p', { class: 'page-note', role: 'status' }, icon('warning'), `The figures are not complete: ${text}.`) : null;
}
