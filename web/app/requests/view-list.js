// The list of saved views as values: what a view holds, adding and removing. Pure.

/** Views kept; a longer list is no longer a choice. The oldest gives way. */
export const VIEWS_MAX = 50;

const KEPT = ['where', 'cols', 'sort', 'density'];

/** A view of the present state under a name. */
export function viewOf(name, state, withRange) {
  const keys = withRange ? [...KEPT, 'from', 'to'] : KEPT;
  return { name, state: Object.fromEntries(keys.map((key) => [key, state[key]])) };
}

/** `views` with `view`, in place of the one of the same name, by name. */
export function withView(views, view) {
  return [...withoutView(views, view.name).slice(-(VIEWS_MAX - 1)), view].sort((a, b) => a.name.localeCompare(b.name));
}

/** `views` without the one named `name`. */
export function withoutView(views, name) {
  return views.filter((view) => view.name !== name);
}
