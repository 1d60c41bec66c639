// The state of the live view as a pill: live, paused, reconnecting, offline with the time of the last data, or a fixed range.

import { h, replace, setText } from './dom.js';
import { format, formatAge } from './format.js';
import { icon } from './icons.js';
import { arrivalRate, news, onNews } from './live.js';
import { onResume } from './charts/surface.js';
import { openMenu } from './popover.js';
import { demand, isPaused, newestAge, onRefresh, setPaused, stillness } from './refresher.js';
import { current, navigate, onNavigate } from './router.js';
import { REFRESH_CHOICES } from './time-range.js';

/** The pill with its play and pause button and a button to refresh. */
export function livePill() {
  const dot = h('span', { class: 'live-dot', 'aria-hidden': 'true' });
  const text = h('span', { class: 'live-text', role: 'status' });
  const toggle = h('button', { type: 'button', id: 'pause', class: 'icon-button', onclick: () => togglePause() });
  const refresh = h('button',
    { type: 'button', class: 'icon-button', 'aria-label': 'Refresh now', title: 'Refresh  r', onclick: () => demand('now') },
    icon('refresh'),
  );
  const every = h('span', { class: 'refresh-every' });
  const choice = h('button', { type: 'button', id: 'refresh-every', class: 'icon-button refresh-choice', 'aria-haspopup': 'menu', onclick: () => openRefreshChoice(choice) }, every, icon('down'));
  const pill = h('div', { class: 'live', id: 'live' }, h('span', { class: 'live-pill' }, dot, text), toggle, refresh, choice);
  let drawn = null;
  const draw = () => {
    const [state, words, title] = stateNow();
    pill.dataset.state = state;
    setText(text, words);
    pill.firstElementChild.title = title;
    const { refresh: chosen } = current();
    setText(every, chosen === 'auto' ? '' : chosen);
    choice.title = choice.ariaLabel = `Refresh: ${REFRESH_CHOICES.find(([value]) => value === chosen)?.[1] ?? chosen}`;
    if (drawn === isPaused()) return;
    drawn = isPaused();
    replace(toggle, icon(drawn ? 'play' : 'pause'));
    toggle.setAttribute('aria-label', drawn ? 'Resume live updates' : 'Pause live updates');
    toggle.title = `${drawn ? 'Resume' : 'Pause'}  space`;
  };
  onNews(draw);
  onResume(() => setPaused(false));
  onRefresh(draw);
  onNavigate(draw);
  setInterval(draw, 1_000);
  draw();
  return pill;
}

/** Opens the choice of how often figures are fetched. */
export function openRefreshChoice(anchor) {
  openMenu(anchor, REFRESH_CHOICES.map(([value, label]) => ({
    label, checked: current().refresh === value, detail: value === 'auto' ? 'by range' : '', onclick: () => navigate({ refresh: value }, { replace: true }),
  })), { heading: 'Refresh' });
}

/** Pauses or resumes the live view. */
export function togglePause() {
  setPaused(!isPaused());
}

function stateNow() {
  const { connection } = news();
  const age = newestAge();
  const last = age === null ? 'no data yet' : `last data ${formatAge(age)} ago`;
  if (connection === 'offline') return ['offline', `Offline \u00b7 ${last}`, 'The server has not answered for a while; the page keeps trying'];
  if (connection === 'reconnecting') return ['reconnecting', 'Reconnecting\u2026', last];
  if (connection === 'connecting') return ['reconnecting', 'Connecting\u2026', ''];
  switch (stillness()) {
    case 'snapshot': return ['fixed', 'Snapshot', 'Figures as they were kept; nothing is asked'];
    case 'off': return ['paused', 'Refresh off', `Refresh by hand; ${last}`];
    case 'paused': return ['paused', 'Paused', `Updates wait until you resume; ${last}`];
    case 'reading': return ['paused', 'Paused while you look', 'Updates wait while the pointer rests on a chart or a menu is open'];
    case 'fixed': return ['fixed', 'Fixed range', 'The range ends in the past, so nothing moves'];
    case 'hidden': return ['paused', 'Paused', 'The tab is hidden'];
    default: return ['live', 'Live', `${format(arrivalRate(), 'req/s')} arriving; ${last}`];
  }
}
