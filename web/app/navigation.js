// The way between pages: groups of dashboards beside the page, or in a menu where there is no room.

import { alertNews, onAlertNews } from './alerts/alert-news.js';
import { dashboardList, onDashboards } from './dashboards.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { openPopover } from './popover.js';
import { current, linkTo, onNavigate } from './router.js';

/** Groups in their order. Pages that are no dashboards stand in them too. */
const GROUPS = [
  ['operations', 'Operations'], ['usage', 'Usage'], ['money', 'Money'], ['system', 'System'], ['prometheus', 'Prometheus'], ['own', 'Your own'],
];
/** Pages that are not made of panels. */
export const FIXED_PAGES = [
  { id: 'alerts', title: 'Alerts', group: 'operations', order: 20, question: 'What needs action, and what was done about it?' },
  { id: 'explore', title: 'Explore', group: 'system', order: 50, question: 'PromQL over everything that is kept' },
];

/** What belongs to one page only; range, filter and comparison are carried along. */
export const LEAVING = { view: 'analytics', open: '', client: '', full: '', item: '', table: [], folded: [], only: {}, option: {}, vars: {}, span: '', measure: '', within: '', bare: [], examples: [], snapshot: '' };

/** All pages by group, in the navigation's order: `[{name, pages: [{id, title, question}]}]`. */
export function pageGroups() {
  const pages = [...(dashboardList() ?? []), ...FIXED_PAGES].sort((a, b) => a.order - b.order);
  return GROUPS.map(([group, name]) => ({ name, pages: pages.filter((page) => (page.group ?? 'own') === group) })).filter(({ pages: some }) => some.length > 0);
}

/** The navigation beside the page. */
export function sidebar() {
  const nav = h('nav', { class: 'sidebar', 'aria-label': 'Pages' });
  keepDrawn(nav);
  return nav;
}

/** The button that opens the same navigation where there is no room beside the page. */
export function pagesButton() {
  return h('button', {
    type: 'button', class: 'button pages-button', 'aria-haspopup': 'dialog',
    onclick: (event) => {
      const nav = h('nav', { class: 'sidebar-list', 'aria-label': 'Pages' });
      const { close } = openPopover(event.currentTarget, nav, { label: 'Pages' });
      draw(nav);
      nav.addEventListener('click', (click) => { if (click.target.closest('a')) close(); });
    },
  }, icon('list'), 'Pages');
}

function keepDrawn(nav) {
  let drawn = '';
  // Drawn anew only when something changed: a link that is replaced loses the focus.
  const redraw = () => {
    const key = JSON.stringify([current().page, pageGroups(), alertNews().counts]);
    if (key === drawn) { for (const link of nav.querySelectorAll('a')) link.href = link.hrefNow(); return; }
    drawn = key;
    draw(nav);
  };
  onNavigate(redraw);
  onDashboards(redraw);
  onAlertNews(redraw);
  redraw();
}

function draw(nav) {
  replace(nav, pageGroups().map(({ name, pages }) => h('section', {}, h('h2', {}, name), h('ul', {}, pages.map((page) => h('li', {}, pageLink(page)))))));
}

function pageLink({ id, title, question }) {
  const patch = () => ({ ...LEAVING, page: id });
  const link = h('a', { ...linkTo(patch), title: question, 'aria-current': current().page === id ? 'page' : null }, h('span', {}, title), id === 'alerts' && firingCount());
  link.hrefNow = () => linkTo(patch).href;
  return link;
}

/** How many alerts fire, coloured by the worst of them; nothing where none does. */
function firingCount() {
  const { critical, warning, info } = alertNews().counts;
  const count = critical + warning + info;
  return count > 0 && h('span', { class: `nav-count severity-${critical ? 'critical' : warning ? 'warning' : 'info'}`, title: `${count} firing` }, String(count));
}
