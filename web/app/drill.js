// Where a click on a name leads when its panel says so: another dashboard, with the name as the value of one of its variables.

import { LEAVING } from './navigation.js';

/** The state of the dashboard that `drill` names, its variable set to `value`; null where it names none. */
export function drillPatch(drill, value) {
  if (!drill?.dashboard) return null;
  return { ...LEAVING, page: drill.dashboard, vars: drill.variable ? { [drill.variable]: [String(value)] } : {} };
}
