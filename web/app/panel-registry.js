// The panels that are on the page now, by id: keys, exports and snapshots look them up here.

const open = new Map();

/** Notes that `panel` is on the page; returns how to take it off. */
export function register(panel) {
  open.set(panel.spec.id, panel);
  return () => { if (open.get(panel.spec.id) === panel) open.delete(panel.spec.id); };
}

/** The panels in the order of the page, without those in folded sections. */
export function pagePanels() {
  return [...open.values()].filter((panel) => panel.element.isConnected && !panel.element.closest('[hidden]'))
    .sort((a, b) => (a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
}

/** The panel named `id`; undefined where there is none. */
export function panelNamed(id) {
  return open.get(id);
}

/** The panel under the pointer, else the one with the focus; undefined where there is neither. */
export function panelAtHand() {
  const element = document.querySelector('.panel:hover[data-panel]') ?? document.querySelector('.panel:focus-within[data-panel]') ?? document.querySelector('.panel.full[data-panel]');
  return element ? open.get(element.dataset.panel) : undefined;
}
