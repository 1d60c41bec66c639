// The page's start: puts the parts together and swaps the page when the URL says so.

import { startAlertNews } from './alerts/alert-news.js';
import { ChangesPanel } from './changes/changes-panel.js';
import { DashboardPage } from './dashboard-page.js';
import { asksRequests, loadAhead, loadDashboards } from './dashboards.js';
import { ClientDrawer } from './clients/client-drawer.js';
import { h, replace } from './dom.js';
import { loadFields } from './fields.js';
import { startKeyboard } from './keyboard.js';
import { LaterPage } from './later-page.js';
import { news, onNews, refreshStatus, startNews } from './live.js';
import { sidebar } from './navigation.js';
import { onboarding } from './onboarding.js';
import { rangeFacts, onRefresh, startRefresher } from './refresher.js';
import { SidePanel } from './requests/side-panel.js';
import { current, onNavigate } from './router.js';
import { toggleKiosk } from './share/share-dialog.js';
import { SnapshotPage } from './share/snapshot-page.js';
import { shell } from './shell.js';
import { applyTheme } from './theme.js';

/** Pages that are not made of panels: they have no filter, and are there before the first request. */
const FIXED = {
  alerts: { title: 'Alerts', open: async () => new (await import('./alerts/alerts-view.js')).AlertsView() },
  explore: { title: 'Explore', open: async () => new (await import('./explore/explore-view.js')).ExploreView() },
};

/** How long the first page waits to hear whether there are any records. */
const STATUS_PATIENCE_MS = 400;

let view = null;
const main = h('main', { id: 'main', tabindex: '-1' });

/** Draws the page that the state names, or the instructions while nothing has ever arrived. */
function showPage() {
  const { page, snapshot } = current();
  const fixed = snapshot ? null : FIXED[page];
  const waiting = !fixed && !snapshot && isWaiting();
  const key = snapshot ? `snapshot ${snapshot}` : waiting ? `waiting ${page}` : `${page} ${current().view}`;
  if (main.dataset.key === key) return;
  const sameDashboard = view?.id === page && view.dashboard && !waiting && !snapshot && !view.snapshot;
  main.dataset.key = key;
  if (sameDashboard) { view.show(view.dashboard); scrollTo(0, 0); return; }
  view?.destroy();
  document.body.classList.toggle('without-filter', Boolean(fixed));
  title(waiting ? 'Waiting' : fixed?.title);
  view = fixed ? new LaterPage(fixed.open) : new (snapshot ? SnapshotPage : DashboardPage)(page, (dashboard) => dashboardCame(dashboard, waiting));
  replace(main, waiting ? onboarding() : view.element);
  scrollTo(0, 0);
}

// Series can be looked at that no request has anything to do with.
function dashboardCame(dashboard, waiting) {
  const requests = asksRequests(dashboard);
  document.body.classList.toggle('without-filter', !requests);
  if (waiting && !requests) replace(main, view.element);
  if (!waiting || !requests) title(dashboard.title);
}

function title(text) {
  document.title = text ? `${text} \u00b7 Gatewatch` : 'Gatewatch';
}

// Only a server that says "no record, ever" counts; one that cannot be asked shows the page and its errors.
function isWaiting() {
  const { status, tick } = news();
  return status?.store?.records === 0 && !(tick?.records > 0) && !rangeFacts().total;
}

function markBody() {
  const { full, kiosk, snapshot } = current();
  for (const [name, on] of Object.entries({ 'with-full': full, kiosk, 'with-snapshot': snapshot })) document.body.classList.toggle(name, Boolean(on));
}

async function start() {
  applyTheme();
  startKeyboard();
  const status = startNews();
  const { page, snapshot } = current();
  if (!FIXED[page] && !snapshot) loadAhead(page);
  const side = new SidePanel();
  document.body.replaceChildren(shell(), h('div', { class: 'stage' }, sidebar(), main, side.element, new ClientDrawer().element, new ChangesPanel().element), h('button', { type: 'button', class: 'button kiosk-leave', onclick: toggleKiosk }, 'Leave kiosk'));
  markBody();
  // The first answer decides between the dashboards and the instructions; a slow one must not hold the page back.
  await Promise.race([status, new Promise((resolve) => { setTimeout(resolve, STATUS_PATIENCE_MS); })]);
  showPage();
  startRefresher();
  startAlertNews();
  onNavigate((_, changed) => { if (['page', 'view', 'snapshot'].some((key) => changed.has(key))) showPage(); markBody(); });
  onNews((what) => { if (what === 'tick' && main.dataset.key?.startsWith('waiting') && news().tick.records > 0) refreshStatus().then(showPage); else if (what === 'status') showPage(); });
  onRefresh(() => { if (main.dataset.key?.startsWith('waiting')) showPage(); });
  loadDashboards();
  loadFields().catch(() => { /* asked again when a field is needed */ });
}

start();
