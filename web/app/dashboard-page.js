// A page made of panels: fetches its dashboard and shows it, or says why it cannot.

import { loadDashboard } from './dashboards.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { PageView } from './page-view.js';
import { linkTo } from './router.js';
import { tourInvitation } from './tour.js';

export class DashboardPage {
  /** @param {string} id  @param {(dashboard: object) => void} onready  told when the dashboard has come */
  constructor(id, onready) {
    this.id = id;
    this.onready = onready;
    this.view = null;
    this.element = h('div', { class: 'page-host', 'aria-busy': 'true' });
    this.load();
  }

  async load() {
    try {
      const dashboard = await loadDashboard(this.id);
      if (this.gone) return;
      this.show(dashboard);
    } catch (error) {
      if (this.gone) return;
      replace(this.element, this.notice(error));
    }
    this.element.removeAttribute('aria-busy');
  }

  /** Draws `dashboard` in place of what is shown. */
  show(dashboard) {
    this.view?.destroy();
    this.dashboard = dashboard;
    this.onready(dashboard);
    this.view = new PageView(dashboard);
    replace(this.element, tourInvitation(), this.view.element);
  }

  notice(error) {
    const missing = error.status === 404;
    return h('div', { class: 'notice notice-error', role: 'alert' }, icon('warning'), h('div', {},
      h('strong', {}, missing ? `There is no page named ${this.id}` : 'This page cannot be shown'),
      h('p', {}, missing ? 'It may have been removed or renamed.' : error.message),
      missing ? h('a', { class: 'button', ...linkTo({ page: 'overview' }) }, 'Go to the Overview')
        : h('button', { type: 'button', class: 'button', onclick: () => this.load() }, icon('refresh'), 'Try again')));
  }

  destroy() {
    this.gone = true;
    this.view?.destroy();
  }
}
