// The Alerts page: what fires, what people do about it, and the rules, silences and messages behind it; kept fresh while it is looked at.

import { h, replace } from '../dom.js';
import { isPressed } from '../press.js';
import { isPaused } from '../refresher.js';
import { current, linkTo, onNavigate } from '../router.js';
import { ActiveAlerts } from './active-alerts.js';
import { DeliveriesView } from './deliveries.js';
import { IncidentsView } from './incidents.js';
import { RulesView } from './rules.js';
import { SilencesView } from './silences.js';

/** Milliseconds between two questions of the view that is open. */
const PACE_MS = 5_000;

const VIEWS = {
  analytics: ['Active', ActiveAlerts], incidents: ['Incidents', IncidentsView], rules: ['Rules', RulesView], silences: ['Silences', SilencesView], deliveries: ['Messages', DeliveriesView],
};

export class AlertsView {
  constructor() {
    const view = VIEWS[current().view] ? current().view : 'analytics';
    this.tabs = h('nav', { class: 'choice views', 'aria-label': 'View' });
    this.view = new VIEWS[view][1]();
    replace(this.tabs, Object.entries(VIEWS).map(([name, [label]]) => h('a', { ...linkTo(() => ({ view: name, item: '' })), 'aria-current': view === name ? 'page' : null }, label)));
    this.element = h('div', { class: 'page page-alerts' }, h('div', { class: 'page-head' }, h('h1', {}, 'Alerts'), this.tabs), this.view.element);
    this.timer = setInterval(() => this.refresh(), PACE_MS);
    this.stops = [
      onNavigate((_, changed) => { if (['from', 'to', 'tz'].some((key) => changed.has(key))) this.view.load(); else if (changed.has('item')) this.view.draw(); }),
    ];
  }

  refresh() {
    const busy = document.hidden || isPaused() || isPressed() || document.querySelector('dialog[open], .popover:popover-open') || this.element.contains(document.activeElement) && document.activeElement.matches('input, select, textarea');
    if (!busy) this.view.load();
  }

  destroy() {
    clearInterval(this.timer);
    for (const stop of this.stops) stop();
    this.view.destroy();
  }
}
