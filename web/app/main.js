// The page's start: puts the parts together and swaps the page when the URL says so.

import { startAlertNews } from './alerts/alert-news.js';
import { AlertsView } from './alerts/alerts-view.js';
import { h, replace } from './dom.js';
import { ExploreView } from './explore/explore-view.js';
import { loadFields } from './fields.js';
import { startKeyboard } from './keyboard.js';
import { news, onNews, refreshStatus, startNews } from './live.js';
import { onboarding } from './onboarding.js';
import { PageView } from './page-view.js';
import { overviewPage } from './pages/overview.js';
import { requestsPage } from './pages/requests.js';
import { rangeFacts, onRefresh, startRefresher } from './refresher.js';
import { SidePanel } from './requests/side-panel.js';
import { current, onNavigate } from './router.js';
import { shell } from './shell.js';
import { applyTheme } from './theme.js';

/** Per page its title and how it is drawn. */
const PAGES = {
  overview: { title: overviewPage.title, open: () => new PageView(overviewPage) },
  requests: { title: requestsPage.title, open: () => new PageView(requestsPage) },
  alerts: { title: 'Alerts', open: () => new AlertsView() },
  explore: { title: 'Explore', open: () => new ExploreView() },
};

/** Pages that show other things than requests: they have no filter, and are there before the first request. */
const WITHOUT_REQUESTS = new Set(['alerts', 'explore']);

let view = null;
const main = h('main', { id: 'main', tabindex: '-1' });

/** Draws the page that the state names, or the instructions while nothing has ever arrived. */
function showPage() {
  // Series can be explored, and alerts be told, that no request has anything to do with.
  const waiting = !WITHOUT_REQUESTS.has(current().page) && isWaiting();
  const key = waiting ? 'waiting' : `${current().page} ${current().view}`;
  if (main.dataset.key === key) return;
  view?.destroy();
  view = waiting ? null : PAGES[current().page].open();
  document.body.classList.toggle('without-filter', WITHOUT_REQUESTS.has(current().page));
  main.dataset.key = key;
  replace(main, waiting ? onboarding() : view.element);
  document.title = `${waiting ? 'Waiting' : PAGES[current().page].title} \u00b7 Gatewatch`;
  scrollTo(0, 0);
}

// Only a server that says "no record, ever" counts; one that cannot be asked shows the page and its errors.
function isWaiting() {
  const { status, tick } = news();
  return status?.store?.records === 0 && !(tick?.records > 0) && !rangeFacts().total;
}

async function start() {
  applyTheme();
  startKeyboard();
  const status = startNews();
  // The first answer decides between the dashboards and the instructions; a slow one must not hold the page back.
  await Promise.race([status, new Promise((resolve) => { setTimeout(resolve, 400); })]);
  const side = new SidePanel();
  document.body.replaceChildren(shell(), h('div', { class: 'stage' }, main, side.element));
  showPage();
  startRefresher();
  startAlertNews();
  onNavigate((_, changed) => { if (changed.has('page') || changed.has('view')) showPage(); document.body.classList.toggle('with-full', Boolean(current().full)); });
  document.body.classList.toggle('with-full', Boolean(current().full));
  onNews((what) => { if (what === 'tick' && main.dataset.key === 'waiting' && news().tick.records > 0) refreshStatus().then(showPage); else if (what === 'status') showPage(); });
  onRefresh(() => { if (main.dataset.key === 'waiting') showPage(); });
  loadFields().catch(() => { /* asked again when a field is needed */ });
}

start();
