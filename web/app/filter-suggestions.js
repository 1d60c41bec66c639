// What a filter may go on with at a context of completion.js: fields, operators, values with their counts, joining words.

import { allFields, fieldNamed, valuesOf } from './fields.js';
import { quote } from './filter-text.js';
import { format } from './format.js';

/** Offered first while nothing is typed: what people look for most. */
const FREQUENT = ['provider', 'model', 'client', 'status', 'error_type', 'path', 'duration', 'ttft', 'cost', 'stream', 'operation', 'finish_reason'];

/** The suggestions, best first: `[{kind, text, label, detail}]`. Fields must have been loaded. */
export async function suggestionsFor(context, signal) {
  const prefix = context.prefix.toLowerCase();
  switch (context.expect) {
    case 'field': return fieldSuggestions(prefix);
    case 'operator': return operatorSuggestions(context.field);
    case 'value': return valueSuggestions(context, signal);
    default: return joinSuggestions(prefix, context);
  }
}

function fieldSuggestions(prefix) {
  const frequent = (name) => (FREQUENT.includes(name) ? FREQUENT.indexOf(name) : FREQUENT.length);
  const rank = ({ name, attribute, aliases }) => (name.startsWith(prefix) ? 0 : name.includes(prefix) ? 1 : [attribute, ...(aliases ?? [])].some((other) => other.toLowerCase().includes(prefix)) ? 2 : 3);
  const fields = allFields().map((field) => ({ field, rank: rank(field) })).filter((item) => item.rank < 3).sort((a, b) => a.rank - b.rank || frequent(a.field.name) - frequent(b.field.name));
  const list = fields.map(({ field }) => ({
    kind: 'field',
    text: `${field.name}${field.role === 'measure' ? ' ' : ': '}`,
    label: field.name,
    detail: field.summary,
  }));
  if (prefix && 'not'.startsWith(prefix)) list.unshift({ kind: 'keyword', text: 'not ', detail: 'the opposite of what follows' });
  return list;
}

function operatorSuggestions(name) {
  const numeric = ['integer', 'number', 'time'].includes(fieldNamed(name)?.type);
  const compare = numeric ? [['>= ', 'at least'], ['> ', 'more than'], ['<= ', 'at most'], ['< ', 'less than']] : [];
  return [
    [': ', numeric ? 'equals' : 'is; * stands for any text'],
    ...compare,
    [': * ', 'has a value'],
  ].map(([text, detail]) => ({ kind: 'operator', text, detail }));
}

async function valueSuggestions(context, signal) {
  const values = await valuesOf(context.field, context.prefix, signal);
  const list = values.map(({ value, count }) => ({
    kind: 'value',
    text: `${quote(value)}${context.inList ? '' : ' '}`,
    label: value,
    detail: format(count, '1'),
  }));
  if (!context.prefix && list.length) list.push({ kind: 'keyword', text: '* ', detail: 'any value' });
  return list;
}

function joinSuggestions(prefix, { inList }) {
  const words = inList ? [['or ', 'another value'], [') ', 'end of the list']] : [['and ', 'also'], ['or ', 'instead'], ['and not ', 'but without']];
  return words.filter(([text]) => text.startsWith(prefix)).map(([text, detail]) => ({ kind: 'keyword', text, detail }));
}
