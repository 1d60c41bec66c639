// The choice of a field in a panel's head; kept in the URL.

import { h } from '../dom.js';
import { current, navigate } from '../router.js';

/** The chosen one of `choices` (`{field, label}`), the first where none is chosen. */
export function chosenOf(panel, choices) {
  return choices.find(({ field }) => field === current().option[panel.id]) ?? choices[0];
}

/** Buttons to choose one of `choices`; null where there is nothing to choose. */
export function choiceButtons(panel, choices, label) {
  if (!choices || choices.length < 2) return null;
  const chosen = chosenOf(panel, choices);
  return h('div', { class: 'choice', role: 'group', 'aria-label': label }, choices.map((choice) => h('button', {
    type: 'button', 'aria-pressed': String(choice === chosen),
    onclick: () => navigate({ option: { ...current().option, [panel.id]: choice.field } }, { replace: true }),
  }, choice.label)));
}

/** The unit of a field as panels name it: the server's own where it is known, else what the panel says. */
export function unitOf(panel, described) {
  return described?.unit || panel.unit || '1';
}
