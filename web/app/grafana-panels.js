// Finding a panel's expressions in a Grafana dashboard. Pure.

/** The expressions of the panels named `title`, rows opened. */
export function expressionsOf(dashboard, title) {
  const panels = (dashboard.panels ?? []).flatMap((panel) => [panel, ...(panel.panels ?? [])]);
  return [...new Set(panels.filter((panel) => panel.title === title).flatMap((panel) => (panel.targets ?? []).map((target) => target.expr).filter(Boolean)))];
}
