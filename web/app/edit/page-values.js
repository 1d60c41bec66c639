// What a page says of itself as the texts of a form, and back. Pure.

/** The texts of the form for a dashboard. */
export function formOfPage({ title, question, tags = [], variables = [] }) {
  return { title, question, tags: tags.join(', '), variables: variables.map(formOfVariable) };
}

/** The texts of a new variable. */
export function newVariable() {
  return { name: '', label: '', of: 'requests', field: '', metric: '', label_name: '', multi: true, default: '' };
}

function formOfVariable(variable) {
  return {
    name: variable.name, label: variable.label === variable.name ? '' : variable.label ?? '', of: variable.metric ? 'series' : 'requests', field: variable.field ?? '', metric: variable.metric ?? '',
    label_name: variable.label_name ?? '', multi: Boolean(variable.multi), default: variable.default === undefined ? '' : String(variable.default),
  };
}

/** What the form's texts say of the dashboard: `{title, question, tags, variables}`. */
export function pageOfForm({ title, question, tags, variables }) {
  return { title: title.trim(), question: question.trim(), tags: tags.split(',').map((tag) => tag.trim()).filter(Boolean), variables: variables.map(variableOfForm) };
}

function variableOfForm(values) {
  const text = (name) => values[name].trim() || undefined;
  const source = values.of === 'series' ? { metric: text('metric'), label_name: text('label_name') } : { field: text('field') };
  const variable = { name: values.name.trim(), label: text('label') ?? values.name.trim(), ...source, multi: values.multi || undefined, default: text('default') };
  return Object.fromEntries(Object.entries(variable).filter(([, value]) => value !== undefined));
}

/** The name of the form's input for a key of the file; null where it has none. */
export function inputOfPageKey(key) {
  const variable = /^variables\[(\d+)\](?:\.(\w+))?$/.exec(key);
  if (variable) return `variables.${variable[1]}.${variable[2] ?? 'name'}`;
  const plain = /^(title|question|tags)\b/.exec(key);
  return plain ? plain[1] : null;
}
