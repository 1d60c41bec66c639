// A page whose modules are fetched when somebody goes there: who looks at dashboards does not wait for them.

import { h, replace } from './dom.js';
import { icon } from './icons.js';

export class LaterPage {
  /** @param {() => Promise<{element: HTMLElement, destroy: () => void}>} open  makes the page */
  constructor(open) {
    this.open = open;
    this.element = h('div', { class: 'page-host', 'aria-busy': 'true' });
    this.load();
  }

  async load() {
    try {
      const page = await this.open();
      if (this.gone) { page.destroy(); return; }
      this.page = page;
      replace(this.element, page.element);
    } catch (error) {
      if (this.gone) return;
      replace(this.element, h('div', { class: 'notice notice-error', role: 'alert' }, icon('warning'), h('div', {},
        h('strong', {}, 'This page cannot be shown'), h('p', {}, error.message),
        h('button', { type: 'button', class: 'button', onclick: () => this.load() }, icon('refresh'), 'Try again'))));
    }
    this.element.removeAttribute('aria-busy');
  }

  destroy() {
    this.gone = true;
    this.page?.destroy();
  }
}
