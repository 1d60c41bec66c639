// The first view of the Alerts page: what fires now and what to do about it, how long it has, and the objectives behind it.

import { h, replace } from '../dom.js';
import { filterOfLabels } from './alert-filter.js';
import { format } from '../format.js';
import { icon } from '../icons.js';
import { openMenu, toast } from '../popover.js';
import { linkTo, navigate } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { alertNews, onAlertNews, refreshAlerts } from './alert-news.js';
import { actOnIncident, fetchIncidents, fetchObjectives } from './alerting-api.js';
import { identity, isQuiet, matchersOf, tellingLabels } from './model.js';
import { objectiveRows } from './objectives.js';
import { ago, failure, frame, instantOf, labelTags, nothing, severityBadge } from './parts.js';
import { askPerson } from './person.js';
import { openSilenceForm } from './silence-form.js';
import { StateTimeline } from './state-timeline.js';

/** Requests of this long before an alert began are shown with it: the healthy time to compare with. */
const BEFORE_MS = 15 * 60_000;

const TILES = [['critical', 'Critical', 'critical'], ['warning', 'Warning', 'warning'], ['info', 'Info', 'info'], ['pending', 'Pending', 'clock'], ['quiet', 'Kept quiet', 'none']];

export class ActiveAlerts {
  constructor() {
    this.incidents = [];
    this.tiles = h('div', { class: 'alert-tiles' });
    this.list = frame('active', 'Active alerts');
    this.objectives = frame('objectives', 'Error budgets');
    this.objectives.element.hidden = true;
    this.timeline = new StateTimeline();
    this.element = h('div', { class: 'alerts-view' }, this.tiles, this.list.element, this.timeline.element, this.objectives.element);
    this.stops = [onAlertNews(() => this.draw())];
    this.open = new Set();
    this.draw();
    this.load();
  }

  /** Asks what the list itself does not know. */
  async load() {
    this.timeline.load();
    try { this.incidents = await fetchIncidents({ state: 'unresolved' }); this.draw(); } catch { this.incidents = []; }
    try {
      const objectives = await fetchObjectives();
      this.objectives.element.hidden = objectives.length === 0;
      replace(this.objectives.body, objectiveRows(objectives));
    } catch (error) { replace(this.objectives.body, failure(error, () => this.load())); }
  }

  draw() {
    const { alerts, counts, error, loaded } = alertNews();
    replace(this.tiles, TILES.map(([key, label, sign]) => h('div', { class: `alert-tile ${counts[key] ? `tile-${key}` : 'tile-none'}` },
      h('span', { class: 'alert-tile-count' }, loaded ? String(counts[key]) : '\u2013'), h('span', { class: 'alert-tile-label' }, icon(sign), label))));
    if (error && !loaded) { replace(this.list.body, failure(error, refreshAlerts)); return; }
    if (!loaded) return;
    if (this.list.element.contains(document.activeElement) && document.activeElement.matches('[aria-expanded="true"]')) return;
    replace(this.list.body, error && h('p', { class: 'panel-note' }, icon('warning'), `Not up to date: ${error.message}`),
      alerts.length === 0 ? nothing('Nothing fires', 'All rules that are evaluated are quiet. Alerts that others send to this address appear here too.',
        h('a', { class: 'button', ...linkTo(() => ({ view: 'rules' })) }, icon('list'), 'Show the rules'))
        : h('ul', { class: 'alert-list' }, alerts.map((alert) => this.row(alert))));
  }

  row(alert) {
    const incident = this.incidents.find((item) => item.alerts.some((labels) => identity(labels) === alert.id));
    const isOpen = this.open.has(alert.id);
    const details = h('div', { class: 'alert-details', hidden: !isOpen }, isOpen && this.details(alert));
    const toggle = h('button', { type: 'button', class: 'alert-name', 'aria-expanded': String(isOpen), onclick: () => {
      if (this.open.delete(alert.id)) details.hidden = true;
      else { this.open.add(alert.id); replace(details, this.details(alert)); details.hidden = false; }
      toggle.setAttribute('aria-expanded', String(this.open.has(alert.id)));
    } }, icon('down'), alert.name);
    return h('li', { class: `alert alert-${alert.severity} ${alert.state === 'pending' ? 'alert-pending' : ''} ${isQuiet(alert) ? 'alert-quiet' : ''}` },
      h('div', { class: 'alert-line' },
        h('div', { class: 'alert-main' },
          h('div', { class: 'alert-head' }, severityBadge(alert.severity), toggle, stateTag(alert)),
          h('div', { class: 'alert-summary' }, alert.annotations.summary ?? alert.annotations.description ?? ''),
          labelTags(tellingLabels(alert.labels))),
        h('dl', { class: 'alert-facts' },
          h('div', {}, h('dt', {}, 'Since'), h('dd', {}, ago(alert.since))),
          alert.value !== null && h('div', {}, h('dt', {}, 'Value'), h('dd', {}, valueText(alert))),
          incident && h('div', {}, h('dt', {}, incident.state === 'acknowledged' ? 'Acknowledged' : 'Incident'),
            h('dd', {}, h('a', { ...linkTo(() => ({ view: 'incidents', item: incident.id })) }, incident.id), incident.assignee && ` ${incident.assignee}`))),
        h('div', { class: 'alert-actions' }, this.actions(alert, incident))),
      details);
  }

  actions(alert, incident) {
    const runbook = alert.annotations.runbook_url;
    return [
      incident?.state === 'open' && h('button', { type: 'button', class: 'button small', onclick: () => this.acknowledge(incident) }, icon('ok'), 'Acknowledge'),
      !alert.silencedBy?.length && h('button', { type: 'button', class: 'button small', onclick: () => openSilenceForm({ matchers: matchersOf(alert.labels) }, () => this.load()) }, icon('none'), 'Silence'),
      runbook && h('a', { class: 'button small', href: pathOf(runbook), target: '_blank', rel: 'noopener' }, icon('open'), 'Runbook'),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': `More of ${alert.name}`, 'aria-haspopup': 'menu', onclick: (event) => openMenu(event.currentTarget, this.menu(alert), { heading: alert.name }) }, icon('more')),
    ];
  }

  menu(alert) {
    const from = alert.since - BEFORE_MS;
    const where = filterOfLabels(alert.labels);
    return [
      { label: 'Overview at that time', icon: 'clock', onclick: () => navigate({ page: 'overview', view: 'analytics', ...absoluteRange(from, Date.now()), where }) },
      { label: 'Requests at that time', icon: 'list', onclick: () => navigate({ page: 'requests', view: 'records', ...absoluteRange(from, Date.now()), where }) },
      alert.query && { label: 'Its expression in Explore', icon: 'code', onclick: () => navigate({ page: 'explore', view: 'analytics', expr: alert.query, tab: 'graph', ...absoluteRange(from, Date.now()) }) },
    ];
  }

  async acknowledge(incident) {
    const person = await askPerson(`Acknowledge ${incident.id}`, { button: 'Acknowledge' });
    if (!person) return;
    try {
      await actOnIncident(incident.id, 'acknowledge', person);
      toast(`${incident.id} acknowledged`);
      await this.load();
    } catch (error) { toast(error.message); }
  }

  details(alert) {
    const { summary, runbook_url: _, ...annotations } = alert.annotations;
    const reasons = [
      ...(alert.silencedBy ?? []).map((id) => h('li', {}, 'Silenced: ', h('a', { ...linkTo(() => ({ view: 'silences', item: id })) }, id.slice(0, 8)))),
      ...(alert.inhibitedBy ?? []).map((fingerprint) => h('li', {}, `Kept quiet by another alert: ${nameOf(fingerprint)}`)),
      ...(alert.mutedBy ?? []).map((name) => h('li', {}, `Muted by the time interval ${name}`)),
    ];
    return [
      reasons.length > 0 && h('ul', { class: 'alert-reasons' }, reasons),
      Object.entries(annotations).map(([name, text]) => h('p', {}, h('span', { class: 'muted' }, `${name} `), /^https?:\/\//.test(text) ? h('a', { href: text, target: '_blank', rel: 'noopener', class: 'text-link' }, text) : text)),
      h('p', { class: 'muted' }, 'Since ', instantOf(alert.since), toldTo(alert.receivers),
        alert.group ? ` \u00b7 rule group ${alert.group}` : ''),
      alert.query && h('pre', { class: 'rule-expression' }, alert.query),
      labelTags(Object.entries(alert.labels)),
    ];
  }

  destroy() {
    this.timeline.destroy();
    for (const stop of this.stops) stop();
  }
}

function nameOf(fingerprint) {
  return alertNews().alerts.find((alert) => alert.fingerprint === fingerprint)?.name ?? fingerprint;
}

/** Who hears of it. Without a routing file the only receiver is this page, called `page`. */
function toldTo(receivers = []) {
  const others = receivers.filter((name) => name !== 'page');
  return others.length > 0 ? ` \u00b7 told to ${others.join(', ')}` : ' \u00b7 shown here only: no receiver is configured for it';
}

function stateTag(alert) {
  if (alert.silencedBy?.length) return h('span', { class: 'state-tag' }, 'silenced');
  if (alert.inhibitedBy?.length) return h('span', { class: 'state-tag' }, 'inhibited');
  if (alert.mutedBy?.length) return h('span', { class: 'state-tag' }, 'muted');
  return alert.state === 'pending' ? h('span', { class: 'state-tag' }, 'pending') : null;
}

/** The value, and what it is compared with: `7.2 > 5`. */
function valueText({ value, threshold, annotations }) {
  const unit = annotations.unit ?? '1';
  return threshold ? `${format(value, unit)} ${threshold.comparison} ${format(threshold.limit, unit)}` : format(value, unit);
}

/** A runbook of ours is opened where the page was opened, whatever name the server goes by outside. */
function pathOf(address) {
  try {
    const url = new URL(address, location.href);
    return url.pathname.startsWith('/runbooks/') ? url.pathname : ['http:', 'https:'].includes(url.protocol) ? url.href : '#';
  } catch { return '#'; }
}
