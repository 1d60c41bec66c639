// Incidents: what people work on, its story, and how fast alerts are noticed, taken on and ended, week by week.

import { h, replace } from '../dom.js';
import { format, formatAge } from '../format.js';
import { icon } from '../icons.js';
import { toast } from '../popover.js';
import { current, linkTo, navigate, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { formatInstant } from '../zone.js';
import { actOnIncident, fetchIncidents, fetchIncidentStatistics } from './alerting-api.js';
import { tellingLabels } from './model.js';
import { ago, cardTable, failure, frame, instantOf, labelTags, nothing, severityBadge } from './parts.js';
import { askPerson } from './person.js';

const LIST_MAX = 200;
const WEEKS = 12;
/** Of the time before an incident this much is shown with it. */
const BEFORE_MS = 30 * 60_000;

const WORDS = {
  opened: 'Opened', joined: 'Another alert joined', alert_resolved: 'An alert was resolved', acknowledged: 'Acknowledged', assigned: 'Assigned', note: 'Note', resolved: 'Resolved', reopened: 'Reopened',
};

export class IncidentsView {
  constructor() {
    this.list = frame('incidents', 'Incidents');
    this.weeks = frame('weeks', 'Times to detect, acknowledge and resolve', { note: 'means per week' });
    this.element = h('div', { class: 'alerts-view' }, this.list.element, this.weeks.element);
    this.load();
  }

  async load() {
    try {
      this.incidents = await fetchIncidents({ limit: LIST_MAX });
      this.draw();
    } catch (error) { replace(this.list.body, failure(error, () => this.load())); }
    try {
      this.drawWeeks(await fetchIncidentStatistics(WEEKS));
    } catch (error) { replace(this.weeks.body, failure(error, () => this.load())); }
  }

  draw() {
    if (this.list.body.contains(document.activeElement) && document.activeElement.matches('input, textarea')) return;
    const { item } = current();
    replace(this.list.body, this.incidents.length === 0
      ? nothing('No incident', 'An alert that fires opens one; alerts that belong to the same thing join it.')
      : h('ul', { class: 'incident-list' }, this.incidents.map((incident) => this.row(incident, incident.id === item))));
  }

  row(incident, isOpen) {
    const started = Date.parse(incident.started_at);
    const ended = incident.resolved_at ? Date.parse(incident.resolved_at) : null;
    return h('li', { class: `incident incident-${incident.state}`, id: `incident-${incident.id}` },
      h('button', { type: 'button', class: 'incident-head', 'aria-expanded': String(isOpen), onclick: () => { navigate({ item: isOpen ? '' : incident.id }, { replace: true }); this.draw(); } },
        icon('down'), h('span', { class: 'incident-id' }, incident.id), severityBadge(incident.severity), h('span', { class: 'incident-title' }, incident.title),
        h('span', { class: 'state-tag' }, incident.state),
        h('span', { class: 'muted incident-when' }, ended ? `${formatInstant(started, zone(), 'm')}, for ${formatAge((ended - started) / 1000)}` : ['since ', ago(started)], incident.assignee && ` \u00b7 ${incident.assignee}`)),
      isOpen && this.details(incident, started, ended));
  }

  details(incident, started, ended) {
    const act = (action, label, sign, run) => h('button', { type: 'button', class: 'button small', onclick: () => this.act(incident, action, run) }, icon(sign), label);
    return h('div', { class: 'incident-details' },
      h('div', { class: 'alert-actions' },
        incident.state === 'open' && act('acknowledge', 'Acknowledge', 'ok', () => askPerson('Acknowledge')),
        incident.state !== 'resolved' && act('assign', 'Assign', 'swap', async () => {
          const answer = await askPerson('Assign', { text: 'To whom', button: 'Assign', value: incident.assignee ?? '' });
          return answer && { author: answer.author, assignee: answer.text };
        }),
        act('note', 'Add a note', 'plus', () => askPerson('Add a note', { text: 'What was seen or done', button: 'Add' })),
        incident.state !== 'resolved' && act('resolve', 'Resolve', 'ok', () => askPerson('Resolve', { text: 'What it was (optional)', button: 'Resolve' })),
        incident.state === 'resolved' && act('reopen', 'Reopen', 'refresh', () => askPerson('Reopen', { text: 'Why', button: 'Reopen' })),
        h('a', { class: 'button small', ...linkTo(() => ({ page: 'overview', view: 'analytics', ...absoluteRange(started - BEFORE_MS, (ended ?? Date.now()) + 60_000) })) }, icon('clock'), 'Dashboard at that time')),
      h('ul', { class: 'incident-alerts' }, incident.alerts.map((labels) => h('li', {}, h('strong', {}, labels.alertname ?? ''), ' ', labelTags(tellingLabels(labels))))),
      h('ol', { class: 'story' }, incident.timeline.map((event) => h('li', {}, h('span', { class: 'muted' }, instantOf(Date.parse(event.at))),
        h('span', {}, h('strong', {}, WORDS[event.kind] ?? event.kind), event.author && ` by ${event.author}`, event.text && `: ${event.text}`)))));
  }

  async act(incident, action, ask) {
    const body = await ask();
    if (!body) return;
    try {
      const changed = await actOnIncident(incident.id, action, body);
      this.incidents = this.incidents.map((item) => (item.id === changed.id ? changed : item));
      this.draw();
      toast(`${incident.id}: done`);
    } catch (error) { toast(error.message); }
  }

  drawWeeks(weeks) {
    if (weeks.every((week) => week.incidents === 0)) { replace(this.weeks.body, nothing('Nothing to average yet', 'The first incident starts the count.')); return; }
    const worst = Math.max(...weeks.map((week) => week.mttr_seconds ?? 0), 1);
    replace(this.weeks.body, cardTable(
      [{ label: 'Week' }, { label: 'Incidents', number: true }, { label: 'Detect', number: true }, { label: 'Acknowledge', number: true }, { label: 'Resolve', number: true }, { label: '' }],
      // Before the first incident there was nothing to be quick about.
      weeks.slice(weeks.findIndex((week) => week.incidents > 0)).reverse().map((week) => ({ cells: [
        week.week, [String(week.incidents), week.critical > 0 && h('span', { class: 'level-critical' }, ` ${week.critical} critical`)], time(week.mttd_seconds), time(week.mtta_seconds), time(week.mttr_seconds),
        h('span', { class: 'week-bar', 'aria-hidden': 'true' }, h('span', { style: { width: `${((week.mttr_seconds ?? 0) / worst) * 100}%` } })),
      ] })), { label: 'Means per week' }));
  }

  destroy() {}
}

function time(seconds) {
  return seconds === null || seconds === undefined ? '\u2013' : format(seconds, 's');
}
