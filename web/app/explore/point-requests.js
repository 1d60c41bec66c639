// The requests behind a point of a derived family: for each selector of the expression exactly the records that it counts there.

import { fetchRecords } from '../api.js';
import { h, replace } from '../dom.js';
import { loadFields } from '../fields.js';
import { formatCount } from '../format.js';
import { icon } from '../icons.js';
import { cellText, headOf, isNumeric } from '../requests/columns.js';
import { current, linkTo, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { formatInstant, formatSpan } from '../zone.js';
import { explainPoint } from './prometheus-api.js';
import { seriesText } from './promql-text.js';

/** Records shown here; the list of requests shows all. */
const SHOWN = 20;
const COLUMNS = ['time', 'status', 'client', 'provider', 'model', 'duration', 'input_tokens', 'output_tokens', 'cost', 'error_type'];

export class PointRequests {
  constructor({ close }) {
    this.body = h('div', { class: 'point-body', 'aria-live': 'polite' });
    this.title = h('h2', { id: 'title-point' });
    this.element = h('section', { class: 'panel panel-point', id: 'point', 'aria-labelledby': 'title-point', hidden: true },
      h('header', { class: 'panel-head' }, this.title, h('div', { class: 'panel-tools' },
        h('button', { type: 'button', class: 'icon-button quiet', 'aria-label': 'Close', onclick: close }, icon('close')))), this.body);
  }

  /** Shows the point that the state names, `{query, time, metric}`; null hides the panel. */
  async show(point) {
    const key = JSON.stringify(point);
    if (key === this.key) return;
    this.key = key;
    this.request?.abort();
    this.element.hidden = !point;
    if (!point) return;
    this.request = new AbortController();
    const { signal } = this.request;
    replace(this.title, `${seriesText(point.metric)} at ${formatInstant(point.time, zone(), 's')}`);
    replace(this.body, h('p', { class: 'muted point-wait' }, 'Looking for its requests\u2026'));
    try {
      const [{ selectors }] = await Promise.all([explainPoint(point, signal), loadFields().catch(() => {})]);
      const sections = await Promise.all(selectors.map((selector) => this.section(selector, selectors.length > 1, signal)));
      replace(this.body, sections.length ? sections : note('This expression reads no series, so there is nothing behind its points.'));
    } catch (error) {
      if (error.name !== 'AbortError') replace(this.body, note(error.message, error.hint));
    }
  }

  async section(selector, isOneOfSeveral, signal) {
    const heading = isOneOfSeveral && h('h3', {}, h('code', {}, selector.selector));
    if (selector.records === undefined || selector.records === null) return h('section', { class: 'point-part' }, heading, note(selector.note));
    const from = Date.parse(selector.from);
    const to = Date.parse(selector.to);
    const all = linkTo(() => ({ page: 'requests', view: 'records', ...absoluteRange(from, to), where: selector.filter, sort: '-time', open: '', full: '', expr: '', point: '' }));
    const { records } = selector.records > 0
      ? await fetchRecords({ from: selector.from, to: selector.to, where: selector.filter, limit: SHOWN, sort: '-time', fields: COLUMNS.join(',') }, signal) : { records: [] };
    return h('section', { class: 'point-part' }, heading,
      h('p', { class: 'point-facts' },
        h('strong', {}, `${formatCount(selector.records)} ${selector.records === 1 ? 'request' : 'requests'}`),
        h('span', {}, formatSpan(from, to, zone())), selector.filter && h('code', {}, selector.filter),
        selector.records > 0 && h('a', { class: 'button small', ...all }, icon('list'), 'Open in Requests')),
      selector.note && h('p', { class: 'muted' }, selector.note),
      records.length > 0 && this.table(records),
      selector.records > records.length && h('p', { class: 'muted' }, `The newest ${records.length} are shown.`));
  }

  table(records) {
    return h('div', { class: 'panel-table scroll-x' }, h('table', {},
      h('thead', {}, h('tr', {}, COLUMNS.map((column) => h('th', { scope: 'col', class: isNumeric(column) ? 'number' : null }, headOf(column))))),
      h('tbody', {}, records.map((record) => h('tr', { class: current().open === record.id ? 'open' : null }, COLUMNS.map((column) => h('td', { class: isNumeric(column) ? 'number' : null },
        column === 'time' ? h('a', { ...linkTo(() => ({ open: record.id })) }, cellText('time', record.time)) : cellText(column, record[column]))))))));
  }

  destroy() { this.request?.abort(); }
}

function note(text, hint) {
  return h('div', { class: 'notice notice-empty' }, h('div', {}, h('p', {}, text), hint && h('p', { class: 'muted' }, hint)));
}
