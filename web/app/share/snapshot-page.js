// The page of a snapshot: its panels with the figures that were kept, under a banner that says so.

import { DashboardPage } from '../dashboard-page.js';
import { completed } from '../dashboards.js';
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { PageView } from '../page-view.js';
import { demand } from '../refresher.js';
import { current, navigate, zone } from '../router.js';
import { decodeState } from '../url-state.js';
import { formatInstant, formatSpan } from '../zone.js';
import { keepFrozen } from './frozen.js';
import { openSnapshot } from './snapshot.js';

export class SnapshotPage extends DashboardPage {
  async load() {
    try {
      const { snapshot: id } = current();
      this.snapshot = await openSnapshot(id);
      if (this.gone) return;
      // The address of a snapshot is its id alone; what else the page was like comes with it.
      navigate({ ...decodeState(this.snapshot.search), snapshot: id, page: this.id, kiosk: current().kiosk, tz: current().tz }, { replace: true });
      this.show(completed(this.snapshot.dashboard));
    } catch (error) {
      if (!this.gone) replace(this.element, this.notice(error.status === 404 ? { status: 0, message: 'There is no such snapshot: it may have expired.' } : error));
    }
    this.element.removeAttribute('aria-busy');
  }

  show(dashboard) {
    this.view?.destroy();
    this.dashboard = dashboard;
    this.onready(dashboard);
    this.view = new PageView(dashboard);
    replace(this.element, this.banner(), this.view.element);
    demand('all');
  }

  banner() {
    const { snapshot } = this;
    const { from, to } = decodeState(snapshot.search);
    const at = snapshot.created ? `kept on ${formatInstant(Date.parse(snapshot.created), zone(), 'm')}` : 'kept earlier';
    const live = () => { keepFrozen(null); location.assign(`/${snapshot.search === '?' ? '' : snapshot.search}`); };
    return h('div', { class: 'snapshot-banner', role: 'status' }, icon('image'),
      h('div', {}, h('strong', {}, `Snapshot: ${snapshot.title}`), h('p', {}, `Figures of ${formatSpan(Date.parse(from), Date.parse(to), zone())}, ${at}. Nothing here is live.`)),
      h('button', { type: 'button', class: 'button', onclick: live }, 'Open the live page'));
  }

  destroy() {
    keepFrozen(null);
    super.destroy();
  }
}
