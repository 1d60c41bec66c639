// One client beside the page: its figures, models, teams, hours and newest errors. Open as long as the URL names it.

import { requestsBehind, follow, keepOnly } from '../actions.js';
import { fetchRecords, queryBatch } from '../api.js';
import { levelOf, valueName } from '../answer.js';
import { h, replace } from '../dom.js';
import { both, fieldClause } from '../filter-text.js';
import { format } from '../format.js';
import { icon } from '../icons.js';
import { colorOf } from '../palette.js';
import { errorNotice } from '../panel-states.js';
import { current, hrefOf, linkTo, navigate, onNavigate, range, zone } from '../router.js';
import { formatInstant, zoneLabel } from '../zone.js';
import { hourProfile } from './hour-profile.js';

const FAILED = 'error_type: * and not error_type: client_closed';
/** Values listed of each field. */
const TOP = 6;
/** Errors listed. */
const ERRORS_MAX = 8;
/** Days whose hours make the profile. */
const PROFILE_DAYS = 7;
const DAY_MS = 86_400_000;
/** Fields that say who is behind a client. */
const WHO = [['team', 'Teams'], ['project', 'Projects'], ['user', 'Users'], ['user_agent', 'Programs']];

export class ClientDrawer {
  constructor() {
    this.title = h('h2', { id: 'client-title' });
    this.body = h('div', { class: 'side-body' });
    this.element = h('aside', { class: 'side client-drawer', id: 'client', 'aria-labelledby': 'client-title', hidden: true, tabindex: '-1', onkeydown: (event) => { if (event.key === 'Escape') { event.stopPropagation(); this.close(); } } },
      h('header', { class: 'side-head' }, h('div', { class: 'side-grip', 'aria-hidden': 'true' }), this.title, h('span', { class: 'muted side-place' }, 'client'),
        h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', title: 'Close  Esc', onclick: () => this.close() }, icon('close'))), this.body);
    onNavigate((_, changed) => { if (['client', 'open', 'from', 'to', 'where', 'tz', 'page'].some((key) => changed.has(key))) this.show(); });
    this.show();
  }

  close() { navigate({ client: '' }); }

  // A record that is opened lies over the client; when it is closed, the client is there again.
  async show() {
    const { client, open } = current();
    const hidden = !client || Boolean(open);
    const wasHidden = this.element.hidden;
    this.element.hidden = hidden;
    this.request?.abort();
    if (hidden) { if (!client && this.returnTo?.isConnected) this.returnTo.focus({ preventScroll: true }); return; }
    if (wasHidden) { this.returnTo = document.activeElement; this.element.focus({ preventScroll: true }); }
    replace(this.title, h('span', { class: 'swatch', style: { background: colorOf('client', client) } }), client);
    this.request = new AbortController();
    this.element.classList.add('loading');
    try {
      this.draw(await this.ask(client, this.request.signal));
      this.element.classList.remove('loading');
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.element.classList.remove('loading');
      replace(this.body, errorNotice(error));
    }
  }

  async ask(client, signal) {
    const { from, to } = range();
    const where = both(fieldClause('client', [client]), current().where);
    const times = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), time_zone: zone() };
    const top = (field, measures = ['count']) => ({ ...times, where, measures, by: [field], limit: TOP });
    const answers = await queryBatch([
      { ...times, where, measures: ['count', `ratio(${FAILED}) as failed`, 'p95(duration) as p95', 'sum(total_tokens) as tokens', 'sum(cost) as cost', 'distinct(user) as users'] },
      top('model', ['count', `ratio(${FAILED}) as failed`, 'sum(cost) as cost']),
      { ...times, from: new Date(Math.min(from, to - PROFILE_DAYS * DAY_MS)).toISOString(), where, measures: ['count'], every: '1h' },
      ...WHO.map(([field]) => top(field)),
    ], signal);
    const failed = answers.find((answer) => answer.code);
    if (failed) throw failed;
    const { records } = await fetchRecords({ from: times.from, to: times.to, where: both(where, FAILED), sort: '-time', limit: ERRORS_MAX, fields: 'id,time,status,error_type,model,error_message' }, signal);
    return { client, where: fieldClause('client', [client]), totals: answers[0].rows[0], models: answers[1].rows, hours: hourProfile(answers[2].rows, zone()), who: answers.slice(3), errors: records };
  }

  draw({ client, where, totals, models, hours, who, errors }) {
    const [count, failed, p95, tokens, cost, users] = totals;
    const figure = (name, value, unit, level, behind) => {
      const patch = requestsBehind({ clause: where, ...behind });
      return h('a', { href: hrefOf(patch), onclick: follow(patch), class: level && level !== 'ok' ? `level-${level}` : null }, h('span', { class: 'tile-label' }, name), h('span', { class: 'tile-figure' }, format(value, unit)));
    };
    const all = requestsBehind({ clause: where });
    const scroll = this.body.scrollTop;
    replace(this.body,
      h('div', { class: 'side-figures client-figures' }, figure('Requests', count, '1'), figure('Errors', failed, 'ratio', levelOf(failed, { warning: 0.02, critical: 0.05 }), { clause: `${where} and ${FAILED}` }), figure('p95', p95, 's', null, { sort: '-duration' }),
        figure('Tokens', tokens, '{token}'), figure('Cost', cost, 'USD', null, { sort: '-cost' }), figure('Users', users, '1')),
      h('div', { class: 'side-links' },
        h('a', { class: 'button small', href: hrefOf(all), onclick: follow(all) }, icon('list'), 'Its requests'),
        h('button', { type: 'button', class: 'button small', onclick: () => keepOnly('client', client) }, icon('filter'), 'Filter the page by it')),
      h('section', { class: 'side-group' }, h('h3', {}, 'Models'), models.length === 0 ? h('p', { class: 'muted' }, 'No requests in this range.') : shares('model', models, where)),
      h('section', { class: 'side-group' }, h('h3', {}, 'Hours of the day'), profile(hours), h('p', { class: 'muted' }, `Mean requests per hour over at least ${PROFILE_DAYS} days, ${zoneLabel(zone(), Date.now())}`)),
      h('section', { class: 'side-group' }, h('h3', {}, 'Newest errors'), errors.length === 0 ? h('p', { class: 'muted' }, 'None in this range.') : h('ul', { class: 'client-errors' }, errors.map((record) => h('li', {},
        h('a', { ...linkTo(() => ({ open: record.id })) }, formatInstant(Date.parse(record.time), zone())),
        record.status !== undefined && h('span', { class: `status-tag status-${Math.floor(record.status / 100)}` }, String(record.status)), h('span', {}, record.error_type), h('span', { class: 'muted' }, record.model ?? ''))))),
      WHO.map(([field, name], index) => {
        const rows = who[index].rows.filter((row) => row[0] !== null);
        return rows.length > 0 && h('section', { class: 'side-group' }, h('h3', {}, name, who[index].groups_total > TOP && h('span', { class: 'muted' }, ` ${TOP} of ${who[index].groups_total}`)), shares(field, rows, where));
      }));
    this.body.scrollTop = scroll;
  }
}

// Values of a field by how often they occur, each with a bar that leads to its requests.
function shares(field, rows, where) {
  const most = Math.max(...rows.map((row) => row[1]), 1);
  return h('ul', { class: 'client-shares' }, rows.map(([value, count, failed, cost]) => {
    const patch = requestsBehind({ clause: `${where} and ${fieldClause(field, [value])}` });
    return h('li', {}, h('a', { href: hrefOf(patch), onclick: follow(patch), title: 'Show the requests' }, valueName(value)),
      h('span', { class: 'bar-track' }, h('span', { class: 'bar-fill', style: { width: `${(count / most) * 100}%` } })), h('span', { class: 'number' }, format(count, '1')),
      failed !== undefined && h('span', { class: `number muted${failed > 0.05 ? ' level-critical' : ''}`, title: 'error rate' }, format(failed, 'ratio')), cost !== undefined && h('span', { class: 'number muted', title: 'cost' }, format(cost, 'USD')));
  }));
}

function profile(hours) {
  const most = Math.max(...hours.map((value) => value ?? 0), Number.MIN_VALUE);
  const label = hours.map((value, hour) => `${hour} h: ${format(value, '1')}`).join(', ');
  return h('div', { class: 'client-hours', role: 'img', 'aria-label': `Requests by hour of the day. ${label}` }, hours.map((value, hour) => h('span', { title: `${String(hour).padStart(2, '0')}:00 \u2013 ${format(value, '1')} requests an hour` },
    h('i', { style: { height: `${((value ?? 0) / most) * 100}%` } }), hour % 6 === 0 && h('small', {}, String(hour).padStart(2, '0')))));
}
