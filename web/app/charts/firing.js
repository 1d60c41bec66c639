// Alerts that fire now, as a panel: by severity, with their age and what they say.

import { alertNews, onAlertNews } from '../alerts/alert-news.js';
import { isQuiet } from '../alerts/model.js';
import { ago, severityBadge } from '../alerts/parts.js';
import { h, replace } from '../dom.js';
import { linkTo } from '../router.js';

/** Alerts that are listed. */
const ROWS_MAX = 6;

export const firingKind = { create: (host, panel) => new Firing(host, panel) };

class Firing {
  constructor(host) {
    this.box = h('div', { class: 'firing' });
    host.append(this.box);
    this.stop = onAlertNews(() => this.paint());
    queueMicrotask(() => this.paint());
  }

  paint() {
    const { alerts, counts, loaded, error } = alertNews();
    if (!loaded && !error) return;
    const frame = this.box.closest('.panel');
    if (frame?.querySelector('.skeleton')) { frame.querySelector('.panel-over').hidden = true; frame.querySelector('.panel-chart').hidden = false; }
    const firing = alerts.filter((alert) => alert.state === 'firing' && !isQuiet(alert));
    replace(this.box, error && !loaded ? h('p', { class: 'muted' }, error.message)
      : firing.length === 0 ? h('p', { class: 'firing-none' }, severityBadge('ok', 'Nothing fires'), counts.pending > 0 && h('span', { class: 'muted' }, ` ${counts.pending} pending`))
        : h('ul', {}, firing.slice(0, ROWS_MAX).map((alert) => h('li', {}, severityBadge(alert.severity, ''), h('a', { ...linkTo(() => ({ page: 'alerts', view: 'analytics', item: '' })) }, alert.name),
          h('span', { class: 'firing-summary' }, alert.annotations.summary ?? ''), h('span', { class: 'muted' }, ago(alert.since))))),
    firing.length > ROWS_MAX && h('p', {}, h('a', { ...linkTo(() => ({ page: 'alerts', view: 'analytics', item: '' })) }, `and ${firing.length - ROWS_MAX} more`)));
  }

  update() {}

  isEmpty() { return false; }

  destroy() { this.stop(); }
}
