// Small surfaces over the page: menus and forms by an anchor; on a phone they come up as a sheet from the bottom edge.
// The browser's own popover does light dismissal, Escape and the top layer.

import { h } from './dom.js';
import { icon } from './icons.js';

const MARGIN = 6;

/**
 * Opens `content` by `anchor` (an element or a point `{x, y}`); returns the popover and how to close it.
 * `onclose` is called once it has gone; focus returns to the anchor.
 */
export function openPopover(anchor, content, { label, className = '', onclose } = {}) {
  const box = h('div', { class: `popover ${className}`, popover: 'auto', role: 'dialog', 'aria-label': label }, content);
  document.body.append(box);
  const close = () => { if (box.isConnected && box.matches(':popover-open')) box.hidePopover(); };
  box.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    const hadFocus = box.contains(document.activeElement) || document.activeElement === document.body;
    box.remove();
    if (anchor instanceof HTMLElement) {
      anchor.removeAttribute('aria-expanded');
      if (hadFocus) anchor.focus({ preventScroll: true });
    }
    onclose?.();
  });
  box.showPopover();
  if (anchor instanceof HTMLElement) anchor.setAttribute('aria-expanded', 'true');
  place(box, anchor);
  return { box, close, place: () => place(box, anchor) };
}

function place(box, anchor) {
  if (matchMedia('(max-width: 600px)').matches) return; // the style sheet makes it a sheet at the bottom
  const at = anchor instanceof HTMLElement ? anchor.getBoundingClientRect() : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(MARGIN, Math.min(at.left + width + MARGIN > innerWidth ? at.right - width : at.left, innerWidth - width - MARGIN));
  const [below, above] = [at.bottom + MARGIN, at.top - height - MARGIN];
  const wanted = below + height + MARGIN > innerHeight && above > 0 ? above : below;
  // An anchor may have been scrolled out of sight; what it opens may not.
  const top = Math.max(MARGIN, Math.min(wanted, innerHeight - height - MARGIN));
  box.style.left = `${Math.round(left)}px`;
  box.style.top = `${Math.round(top)}px`;
}

/**
 * Opens a menu. An item is `{label, icon?, detail?, swatch?, checked?, href?, onclick?}`, `{heading}` or `'-'` for a line.
 * Arrow keys, Home, End and first letters move; links stay links.
 */
export function openMenu(anchor, items, { label, heading } = {}) {
  const list = h('div', { class: 'menu', role: 'menu', 'aria-label': label ?? heading });
  if (heading) list.append(h('div', { class: 'menu-heading' }, heading));
  const opened = openPopover(anchor, list, { label: label ?? heading, className: 'popover-menu' });
  for (const item of items.filter(Boolean)) list.append(menuItem(item, opened.close));
  list.addEventListener('keydown', menuKey);
  opened.place();
  list.querySelector('[role^=menuitem]')?.focus();
  return opened;
}

function menuItem(item, close) {
  if (item === '-') return h('div', { class: 'menu-line', role: 'separator' });
  if (item.heading) return h('div', { class: 'menu-heading' }, item.heading);
  const act = (event) => { close(); item.onclick?.(event); };
  const role = item.checked === undefined ? 'menuitem' : 'menuitemradio';
  return h(item.href ? 'a' : 'button', {
    class: 'menu-item', role, tabindex: '-1', href: item.href, type: item.href ? null : 'button', onclick: act, 'aria-checked': item.checked === undefined ? null : String(item.checked),
  },
  item.checked !== undefined ? h('span', { class: 'menu-check' },
    item.checked ? icon('ok') : null,
  ) : item.swatch ? h('span',
    { class: 'swatch', style: { background: item.swatch } },
  ) : item.icon ? icon(item.icon) : h('span', { class: 'menu-check' }),
  h('span', { class: 'menu-label' }, item.label), item.detail ? h('span', { class: 'menu-detail' }, item.detail) : null);
}

function menuKey(event) {
  const all = [...event.currentTarget.querySelectorAll('[role^=menuitem]')];
  const at = all.indexOf(document.activeElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (target !== undefined) {
    event.preventDefault();
    all[(target + all.length) % all.length]?.focus();
  } else if (event.key.length === 1 && /\w/.test(event.key) && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLowerCase();
    const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    order.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
    event.stopPropagation();
  }
}

/** Opens a modal dialog with a title; returns how to close it. */
export function openDialog(title, content, { className = '', onclose } = {}) {
  const close = () => dialog.close();
  const dialog = h('dialog', { class: `dialog ${className}`, 'aria-label': title },
    h('header', {}, h('h2', {}, title), h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: close }, icon('close'))),
    h('div', { class: 'dialog-body' }, content));
  dialog.addEventListener('click', (event) => { if (event.target === dialog) close(); });
  dialog.addEventListener('close', () => { dialog.remove(); onclose?.(); });
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

let toastTimer = 0;

/** Says `text` for a moment at the bottom of the page. */
export function toast(text) {
  let box = document.querySelector('.toast');
  if (!box) { box = h('div', { class: 'toast', role: 'status' }); document.body.append(box); }
  box.textContent = text;
  box.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove('shown'), 2_400);
}

/** Copies `text` and says so; where the browser forbids it, says that instead. */
export async function copyText(text, what = 'Copied') {
  try {
    await navigator.clipboard.writeText(text);
    toast(what);
  } catch {
    toast(copyBySelection(text) ? what : 'The browser did not allow copying');
  }
}

// Browsers give the clipboard only to secure origins; a page on plain http in a local network still has the old way.
function copyBySelection(text) {
  const area = h('textarea', { class: 'visually-hidden', 'aria-hidden': 'true' });
  area.value = text;
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
