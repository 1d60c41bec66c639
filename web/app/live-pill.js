// The state of the live view as a pill: live, paused, reconnecting, offline with the time of the last data, or a fixed range.

import { h, replace, setText } from './dom.js';
import { format, formatAge } from './format.js';
import { icon } from './icons.js';
import { arrivalRate, news, onNews } from './live.js';
import { demand, isPaused, newestAge, onRefresh, setPaused, stillness } from './refresher.js';
import { onNavigate } from './router.js';

/** The pill with its play and pause button and a button to refresh. */
export function livePill() {
  const dot = h('span', { class: 'live-dot', 'aria-hidden': 'true' });
  const text = h('span', { class: 'live-text', role: 'status' });
  const toggle = h('button', { type: 'button', id: 'pause', class: 'icon-button', onclick: () => togglePause() });
  const refresh = h('button',
    { type: 'button', class: 'icon-button', 'aria-label': 'Refresh now', title: 'Refresh  r', onclick: () => demand('all') },
    icon('refresh'),
  );
  const pill = h('div', { class: 'live', id: 'live' }, h('span', { class: 'live-pill' }, dot, text), toggle, refresh);
  let drawn = null;
  const draw = () => {
    const [state, words, title] = stateNow();
    pill.dataset.state = state;
    setText(text, words);
    pill.firstElementChild.title = title;
    if (drawn === isPaused()) return;
    drawn = isPaused();
    replace(toggle, icon(drawn ? 'play' : 'pause'));
    toggle.setAttribute('aria-label', drawn ? 'Resume live updates' : 'Pause live updates');
    toggle.title = `${drawn ? 'Resume' : 'Pause'}  space`;
  };
  onNews(draw);
  onRefresh(draw);
  onNavigate(draw);
  setInterval(draw, 1_000);
  draw();
  return pill;
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
    case 'paused': return ['paused', 'Paused', `Updates wait until you resume; ${last}`];
    case 'reading': return ['paused', 'Paused while you look', 'Updates wait while the pointer rests on a chart or a menu is open'];
    case 'fixed': return ['fixed', 'Fixed range', 'The range ends in the past, so nothing moves'];
    case 'hidden': return ['paused', 'Paused', 'The tab is hidden'];
    default: return ['live', 'Live', `${format(arrivalRate(), 'req/s')} arriving; ${last}`];
  }
}
