// Where a click on a name leads when its panel says so: another dashboard, with the name as the value of one of its variables.

import { follow } from './actions.js';
import { LEAVING } from './navigation.js';
import { hrefOf } from './router.js';

/** The state of the dashboard that `drill` names, its variable set to `value`; null where it names none. */
export function drillPatch(drill, value) {
  if (!drill?.dashboard) return null;
  return { ...LEAVING, page: drill.dashboard, vars: drill.variable ? { [drill.variable]: [String(value)] } : {} };
}

/** The menu items that lead to that dashboard: none where `drill` names none. */
export function pageItems(drill, value) {
  const patch = value === null ? null : drillPatch(drill, value);
  return patch ? [{ label: 'Open its page', icon: 'open', href: hrefOf(patch), onclick: follow(patch) }, '-'] : [];
}
