// What stands around the pages: name, navigation, live state, time range, theme, help, and the filter.

import { h, replace, svg } from './dom.js';
import { facets } from './facets.js';
import { FilterBar } from './filter-bar.js';
import { toggleHelp } from './help.js';
import { icon } from './icons.js';
import { livePill } from './live-pill.js';
import { news, onNews } from './live.js';
import { LEAVING, pagesButton } from './navigation.js';
import { pageTools } from './page-menu.js';
import { openMenu } from './popover.js';
import { rangePicker } from './range-picker.js';
import { linkTo } from './router.js';
import { setTheme, themeChoice } from './theme.js';

/** The head of the page. */
export function shell() {
  const bar = h('div', { class: 'bar' }, pagesButton(), brand(), h('div', { class: 'bar-space' }), livePill(), rangePicker(), pageTools(), tools());
  const filter = new FilterBar();
  const element = h('header', { class: 'shell' },
    h('a',
      { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); document.getElementById('main').focus(); } },
      'Skip to the figures',
    ),
    bar, h('div', { class: 'filters' }, filter.element, facets()), filter.chips);
  keepHeight(element, bar);
  return element;
}

// What sticks below the head (side panel, heads of tables) must know its height; on phones only the bar itself sticks.
function keepHeight(element, bar) {
  const measure = () => {
    const sticky = getComputedStyle(element).display === 'contents' ? bar : element;
    document.documentElement.style.setProperty('--shell-height', `${sticky.offsetHeight}px`);
  };
  const observer = new ResizeObserver(measure);
  observer.observe(element);
  observer.observe(bar);
}

function brand() {
  const note = h('span', { class: 'brand-note' });
  const draw = () => replace(note, news().status?.demo ? 'demo' : '');
  onNews((what) => { if (what === 'status') draw(); });
  draw();
  return h('a', { class: 'brand', ...linkTo(() => ({ ...LEAVING, page: 'overview' })), 'aria-label': 'Gatewatch' },
    svg('svg', { class: 'mark', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
      svg('path', { class: 'mark-gate', d: 'M4 21V9a8 8 0 0 1 16 0v12' }),
      svg('path', { class: 'mark-pulse', d: 'M6.5 14.5h3l1.7-4 2 7 1.6-3h2.7' }),
    ),
    h('span', { class: 'brand-name' }, 'Gatewatch'), note);
}

function tools() {
  const theme = h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Theme', 'aria-haspopup': 'menu' });
  const draw = () => replace(theme, icon({ light: 'sun', dark: 'moon', system: 'system' }[themeChoice()]));
  theme.addEventListener('click', () => openMenu(theme, [
    ['system', 'As the system'],
    ['light', 'Light'],
    ['dark', 'Dark'],
  ].map(([choice, label]) => ({
    label, checked: themeChoice() === choice, onclick: () => { setTheme(choice); draw(); },
  })), { heading: 'Theme' }));
  draw();
  return h('div', { class: 'bar-tools' }, theme,
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Help and keys', title: 'Help  ?', onclick: toggleHelp }, icon('help')),
  );
}
