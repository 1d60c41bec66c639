// Who was told what, when, and whether it arrived: receivers and the log of messages.

import { h, replace } from '../dom.js';
import { format, formatAge } from '../format.js';
import { icon } from '../icons.js';
import { toast } from '../popover.js';
import { fetchDeliveries, fetchReceivers, testReceiver } from './alerting-api.js';
import { ago, cardTable, failure, frame, nothing } from './parts.js';

const LIST_MAX = 200;
/** A message is late when it took longer than this from the condition's first moment. */
const LATE_SECONDS = 120;

const STATES = { ok: ['ok', 'delivers'], failing: ['critical', 'failing'], disabled: ['none', 'switched off'] };
const RESULTS = { sent: ['ok', 'sent'], waiting: ['clock', 'waiting'], failed: ['critical', 'failed'], replaced: ['swap', 'replaced by a newer one'] };
const REASONS = { first: 'first message', changed: 'changed', repeated: 'repeated', test: 'test' };

export class DeliveriesView {
  constructor() {
    this.receivers = frame('receivers', 'Receivers');
    this.log = frame('deliveries', 'Messages', { note: 'newest first' });
    this.element = h('div', { class: 'alerts-view' }, this.receivers.element, this.log.element);
    this.load();
  }

  async load() {
    try {
      this.drawReceivers(await fetchReceivers());
    } catch (error) { replace(this.receivers.body, failure(error, () => this.load())); }
    try {
      this.drawLog(await fetchDeliveries({ limit: LIST_MAX }));
    } catch (error) { replace(this.log.body, failure(error, () => this.load())); }
  }

  drawReceivers(all) {
    // One without channels only shows alerts on this page.
    const receivers = all.filter((receiver) => receiver.integrations.length > 0);
    if (receivers.length === 0) {
      replace(this.receivers.body, nothing('No receiver is configured', 'Alerts show on this page only. Name an alertmanager.yml in alerting.config_file to have them told by Slack, email, PagerDuty, Teams or webhook.'));
      return;
    }
    replace(this.receivers.body, cardTable([{ label: 'Receiver' }, { label: 'Channel' }, { label: 'State' }, { label: 'Waiting', number: true }, { label: 'Last delivered' }, { label: 'Last error' }, { label: '' }],
      receivers.flatMap((receiver) => receiver.integrations.map((integration, index) => ({ cells: [
        index === 0 ? h('strong', {}, receiver.name) : '', integration.kind, mark(STATES[integration.state] ?? ['info', integration.state]), String(integration.queued ?? 0),
        integration.last_delivered_at ? ago(Date.parse(integration.last_delivered_at)) : '\u2013', integration.last_error ?? '\u2013',
        index === 0 && h('button', { type: 'button', class: 'button small', onclick: (event) => this.test(receiver.name, event.currentTarget) }, 'Send a test'),
      ] })))));
  }

  async test(name, button) {
    button.disabled = true;
    try {
      const { results } = await testReceiver(name);
      const failed = results.filter((result) => !result.delivered);
      toast(failed.length === 0 ? `${name}: delivered` : `${name}: ${failed.map((result) => `${result.kind}: ${result.error}`).join('; ')}`);
      await this.load();
    } catch (error) { toast(error.message); } finally { button.disabled = false; }
  }

  drawLog(deliveries) {
    if (deliveries.length === 0) { replace(this.log.body, nothing('Nothing was sent yet')); return; }
    replace(this.log.body, cardTable(
      [{ label: 'Decided' }, { label: 'Receiver' }, { label: 'Alerts' }, { label: 'Why' }, { label: 'Result' }, { label: 'Latency', number: true }, { label: 'Attempts', number: true }, { label: 'Error' }],
      deliveries.map((delivery) => ({ cells: [
        ago(Date.parse(delivery.queued_at)), [delivery.receiver, ' ', h('span', { class: 'muted' }, delivery.kind)],
        [delivery.firing > 0 && h('span', { class: 'level-critical' }, `${delivery.firing} firing `), delivery.resolved > 0 && h('span', { class: 'level-ok' }, `${delivery.resolved} resolved `), h('span', { class: 'muted group-key' }, delivery.group)],
        REASONS[delivery.reason] ?? delivery.reason, mark(RESULTS[delivery.status] ?? ['info', delivery.status]),
        delivery.latency_seconds === null || delivery.latency_seconds === undefined ? '\u2013'
          : h('span', { class: delivery.latency_seconds > LATE_SECONDS ? 'level-warning' : null, title: 'From the first moment of the condition to the delivery' },
            delivery.latency_seconds < 120 ? format(delivery.latency_seconds, 's') : formatAge(delivery.latency_seconds)),
        String(delivery.attempts), delivery.last_error ?? '',
      ] }))));
  }

  destroy() {}
}

function mark([sign, word]) {
  const level = { ok: 'ok', critical: 'critical', clock: 'warning' }[sign];
  return h('span', { class: `badge ${level ? `level-${level}` : ''}` }, icon(sign), word);
}
