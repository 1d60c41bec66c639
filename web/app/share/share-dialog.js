// Giving what is seen to others: a link, a short link, a snapshot that stays as it is, the panels alone for a wall or a frame.

import { sendJSON } from '../api.js';
import { serverNow } from '../clock.js';
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { code } from '../panel-menu.js';
import { copyText, openDialog, toast } from '../popover.js';
import { current, hrefOf, navigate, range } from '../router.js';
import { absoluteRange, rangeLabel } from '../time-range.js';
import { zone } from '../router.js';
import { listSnapshots, removeSnapshot, takeSnapshot } from './snapshot.js';

/** How long a snapshot is kept: text of the API and words. */
const LIVES = [['1d', 'A day'], ['7d', 'A week'], ['30d', '30 days'], ['365d', 'A year']];

/** Shows the panels without what stands around them, or the whole page again. */
export function toggleKiosk() {
  navigate({ kiosk: current().kiosk ? '' : '1' }, { replace: true });
}

/** Opens the dialog. With `panel` (a Panel) the link leads to it alone. */
export function openShare(panel) {
  const { spec } = panel?.spec ? panel : {};
  const fixed = h('input', { type: 'checkbox' });
  const alone = h('input', { type: 'checkbox', checked: Boolean(current().kiosk) });
  const link = h('input', { type: 'text', readonly: true, 'aria-label': 'Link' });
  const patch = () => ({ ...(spec && { full: spec.id }), ...(fixed.checked && fixedRange()), kiosk: alone.checked ? '1' : '' });
  const show = () => { link.value = location.origin + hrefOf(patch()); };
  const short = async () => {
    try {
      const { url } = await sendJSON('POST', '/api/v1/links', { search: new URL(hrefOf(patch()), location.origin).search || '?' });
      link.value = location.origin + url;
      copyText(link.value, 'Short link copied');
    } catch (error) { toast(`No short link: ${error.message}`); }
  };
  fixed.addEventListener('change', show);
  alone.addEventListener('change', show);
  show();
  openDialog(spec ? `Share ${spec.title}` : 'Share', h('div', { class: 'share' },
    h('section', {}, h('h3', {}, 'Link'),
      h('div', { class: 'share-link' }, link, h('button', { type: 'button', class: 'button', onclick: () => copyText(link.value, 'Link copied') }, icon('copy'), 'Copy'),
        h('button', { type: 'button', class: 'button', onclick: short }, icon('link'), 'Short link')),
      h('label', { class: 'radio' }, fixed, 'Fixed times: ', h('span', { class: 'muted' }, `what \u201c${rangeLabel(current(), serverNow(), zone())}\u201d means now`)),
      h('label', { class: 'radio' }, alone, 'Panels alone (kiosk)'),
      h('p', { class: 'muted' }, 'The link holds all that is seen: page, range, zone, filter, choices, what is open.')),
    h('section', {}, h('h3', {}, 'Snapshot'), snapshotForm()),
    h('section', {}, h('h3', {}, 'In another page'),
      h('p', { class: 'muted' }, 'Pages of this same address may show it in a frame; others are refused (X-Frame-Options), so that nobody can lay a page over yours. Put both behind one reverse proxy, or share a picture.'),
      code(`<iframe src="${hrefOf({ ...patch(), kiosk: '1' })}" width="100%" height="600" title="Gatewatch"></iframe>`, 'HTML'))), { className: 'dialog-wide' });
  link.select();
}

function fixedRange() {
  try { const { from, to } = range(); return absoluteRange(from, to); } catch { return {}; }
}

function snapshotForm() {
  const title = h('input', { type: 'text', name: 'title', maxlength: '120', required: true, value: document.title.replace(' \u00b7 Gatewatch', '') });
  const life = h('select', { class: 'select', name: 'expires' }, LIVES.map(([value, label]) => h('option', { value, selected: value === '30d' }, label)));
  const button = h('button', { type: 'submit', class: 'button' }, icon('image'), 'Keep a snapshot');
  const result = h('div', { 'aria-live': 'polite' });
  const list = h('ul', { class: 'snapshot-list' });
  const drawList = async () => {
    try {
      const snapshots = await listSnapshots();
      replace(list, snapshots.map((item) => h('li', {}, h('a', { href: `/?snapshot=${encodeURIComponent(item.id)}` }, item.title || item.id), h('button', {
        type: 'button', class: 'icon-button', 'aria-label': `Remove ${item.title || item.id}`, onclick: async () => { try { await removeSnapshot(item.id); drawList(); } catch (error) { toast(error.message); } },
      }, icon('close')))));
    } catch { replace(list); }
  };
  drawList();
  return [h('p', { class: 'muted' }, 'Figures as they are now, for as long as you choose, whatever becomes of the data.'),
    h('form', {
      class: 'form', onsubmit: async (event) => {
        event.preventDefault();
        button.disabled = true;
        try {
          const address = location.origin + await takeSnapshot(title.value.trim(), life.value);
          replace(result, h('p', {}, 'Kept: ', h('a', { class: 'link', href: address }, address)));
          copyText(address, 'Snapshot kept, link copied');
          drawList();
        } catch (error) { replace(result, h('p', { class: 'form-error' }, error.message)); }
        button.disabled = false;
      },
    }, h('div', { class: 'form-row' }, h('label', { class: 'field' }, h('span', {}, 'Title'), title), h('label', { class: 'field' }, h('span', {}, 'Keep for'), life), button)), result, list];
}
