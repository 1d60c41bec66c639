// A page made of panels: fetches its dashboard and shows it, or says why it cannot.

import { loadDashboard } from './dashboards.js';
import { offerEditing } from './edit/entry.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { PageView } from './page-view.js';
import { toast } from './popover.js';
import { linkTo } from './router.js';
import { tourInvitation } from './tour.js';

/** How often the dashboard's file is asked for anew; an unchanged one is answered by its tag alone. */
const LOOK_MS = 5_000;

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
    if (this.editor) return;
    this.view?.destroy();
    this.dashboard = dashboard;
    this.onready(dashboard);
    this.view = new PageView(dashboard);
    replace(this.element, tourInvitation(), this.view.element);
    offerEditing(this);
    this.look ??= setInterval(() => this.lookAgain(), LOOK_MS);
  }

  /** Asks for the dashboard as it is saved now. */
  async fetch() {
    this.dashboard = await loadDashboard(this.id);
  }

  // A file that was changed on the disk, or by somebody else, is drawn at once; not under the hands of who edits.
  async lookAgain() {
    if (document.hidden || this.editor) return;
    const before = this.dashboard;
    try {
      const dashboard = await loadDashboard(this.id);
      if (this.gone || this.editor || this.dashboard !== before || JSON.stringify(dashboard) === JSON.stringify(before)) return;
      this.show(dashboard);
      toast('This page was changed');
    } catch { /* shown as long as the server is away */ }
  }

  /** Begins to edit. */
  async edit() {
    if (this.editor || !this.dashboard) return;
    const { Editor } = await import('./edit/editor.js');
    if (this.gone || this.editor) return;
    this.view?.destroy();
    this.view = null;
    this.editor = new Editor(this);
    offerEditing(null);
    replace(this.element, this.editor.element);
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
    clearInterval(this.look);
    offerEditing(null);
    this.editor?.destroy();
    this.view?.destroy();
  }
}
