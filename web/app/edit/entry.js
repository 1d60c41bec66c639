// Where editing begins: the page that is shown offers itself, and the editor is loaded when somebody wants it.

import { h } from '../dom.js';
import { icon } from '../icons.js';
import { toast } from '../popover.js';

let page = null;

/** @param {?{edit: () => void}} shown  the page made of panels that is on the screen; null when it goes */
export function offerEditing(shown) {
  page = shown;
  document.body.classList.toggle('with-editing', Boolean(shown));
}

/** Begins to edit the page that is shown; says so where it is none that can be. */
export function startEditing() {
  if (page) page.edit();
  else toast('This page is not made of panels');
}

/** The button among the page's tools; there while a page made of panels is. */
export function editButton() {
  return h('button', { type: 'button', class: 'icon-button edit-page', 'aria-label': 'Edit this page', title: 'Edit this page  E', onclick: startEditing }, icon('note'));
}
