// The filter's text on the page's side: cutting it into its parts for chips and completion, and adding or taking away a
// part when a value is clicked. The server alone decides what a filter means; this file only has to cut where it cuts.
// Pure.

const KEYWORDS = new Set(['and', 'or', 'not']);

/**
 * @typedef {object} Token
 * @property {'word'|'string'|'operator'|'open'|'close'|'comma'} type  brackets count as parentheses here
 * @property {string} text   as written, quotes included
 * @property {number} start  offset of the first character
 * @property {number} end    offset after the last
 */

/** The tokens of `text`; an unfinished string reaches to the end. @returns {Token[]} */
export function tokenize(text) {
  const tokens = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) { at += 1; continue; }
    const start = at;
    let type = 'word';
    if (text[at] === '"') { at = endOfString(text, at); type = 'string'; }
    else if (text[at] === '(' || text[at] === '[') { at += 1; type = 'open'; }
    else if (text[at] === ')' || text[at] === ']') { at += 1; type = 'close'; }
    else if (text[at] === ',') { at += 1; type = 'comma'; }
    else if (/[:<>=]/.test(text[at])) { at += /[<>]/.test(text[at]) && text[at + 1] === '=' ? 2 : 1; type = 'operator'; }
    else while (at < text.length && !/[\s()[\],":<>=]/.test(text[at])) at += text[at] === '\\' ? 2 : 1;
    at = Math.min(at, text.length);
    tokens.push({ type, text: text.slice(start, at), start, end: at });
  }
  return tokens;
}

function endOfString(text, start) {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

/** Whether a token is one of the words `and`, `or`, `not`. */
export function isKeyword(token, word) {
  return token?.type === 'word' && token.text.toLowerCase() === word;
}

/** The value that a token means: quotes and backslashes taken off. */
export function unquote(token) {
  const body = token.type === 'string' ? token.text.replace(/^"/, '').replace(/([^\\]|^)"$/, '$1') : token.text;
  return body.replace(/\\(.)/g, '$1');
}

/** `value` as it must be written: bare where it is a plain word, else quoted (a quoted `*` is a star, not a wildcard). */
export function quote(value) {
  const text = String(value);
  if (/^[\w./-]+$/.test(text) && !KEYWORDS.has(text.toLowerCase())) return text;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * One part of a filter that is joined to the others by `and`.
 * @typedef {object} Clause
 * @property {string} text      as written
 * @property {number} start     offset in the filter
 * @property {number} end       offset after it
 * @property {boolean} negated  whether it begins with `not`
 * @property {string|null} field    the field, where the part is one comparison
 * @property {string|null} operator `:`, `>=`, ...
 * @property {string[]|null} values the values it lists, where it is `field: value` or `field: (a or b)` without wildcards
 */

/** The parts of `text` joined by `and` at the top; one part where it is joined by `or`. @returns {Clause[]} */
export function clauses(text) {
  const tokens = tokenize(text);
  if (tokens.length === 0) return [];
  const runs = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.type === 'open') depth += 1;
    if (token.type === 'close') depth -= 1;
    if (depth === 0 && isKeyword(token, 'or')) return [clause(tokens, text)];
    if (depth === 0 && isKeyword(token, 'and')) runs.push([]);
    else runs[runs.length - 1].push(token);
  }
  return runs.filter((run) => run.length > 0).map((run) => clause(run, text));
}

function clause(tokens, text) {
  const start = tokens[0].start;
  const end = tokens[tokens.length - 1].end;
  const negated = isKeyword(tokens[0], 'not');
  const [field, operator, ...rest] = negated ? tokens.slice(1) : tokens;
  const simple = field && ['word', 'string'].includes(field.type) && operator?.type === 'operator' && rest.length > 0 && isOneValue(rest);
  return {
    text: text.slice(start, end), start, end, negated,
    field: simple ? unquote(field) : null,
    operator: simple ? operator.text : null,
    values: simple && operator.text === ':' ? listed(rest) : null,
  };
}

function isOneValue(tokens) {
  return tokens.length === 1 || (tokens[0].type === 'open' && closesAtEnd(tokens));
}

function closesAtEnd(tokens) {
  let depth = 0;
  return tokens.every((token, index) => {
    depth += token.type === 'open' ? 1 : token.type === 'close' ? -1 : 0;
    return depth > 0 || index === tokens.length - 1;
  }) && depth === 0;
}

function listed(tokens) {
  const inside = tokens.length === 1 ? tokens : tokens.slice(1, -1);
  if (tokens[0].text === '[') return null;
  const values = [];
  for (const [index, token] of inside.entries()) {
    if (index % 2 === 1) { if (!isKeyword(token, 'or') && token.type !== 'comma') return null; continue; }
    if (token.type === 'word' && /(^|[^\\])\*/.test(token.text)) return null;
    if (!['word', 'string'].includes(token.type)) return null;
    values.push(unquote(token));
  }
  return values;
}

/** `field: value`, `field: (a or b)`; null among the values means that the field is absent. */
export function fieldClause(field, values) {
  const present = values.filter((value) => value !== null);
  const list = present.length === 1 ? `${field}: ${quote(present[0])}` : present.length ? `${field}: (${present.map(quote).join(' or ')})` : '';
  if (present.length === values.length) return list;
  return list ? `(${list} or not ${field}: *)` : `not ${field}: *`;
}

/** The clause that excludes what ``fieldClause`` includes. */
export function negate(text) {
  const [only] = clauses(text);
  if (only?.negated && only.field !== null) return text.slice(only.start + 3).trim();
  return only?.field !== null && clauses(text).length === 1 ? `not ${text}` : `not (${text})`;
}

/** Both filters at once; each may be empty. */
export function both(a, b) {
  if (!a.trim()) return b.trim();
  if (!b.trim()) return a.trim();
  return `${grouped(a)} and ${grouped(b)}`;
}

function grouped(text) {
  let depth = 0;
  for (const token of tokenize(text)) {
    if (token.type === 'open') depth += 1;
    if (token.type === 'close') depth -= 1;
    if (depth === 0 && isKeyword(token, 'or')) return `(${text.trim()})`;
  }
  return text.trim();
}

/** `where` without its part number `index`. */
export function withoutClause(where, index) {
  return clauses(where).filter((_, other) => other !== index).map((part) => part.text).join(' and ');
}

/** `where` with its part number `index` turned round (`not` added or taken away). */
export function withNegated(where, index) {
  return clauses(where).map((part, other) => (other === index ? negate(part.text) : part.text)).join(' and ');
}

/** `where` narrowed to one value of `field`; an earlier choice for the same field gives way. */
export function filterIn(where, field, value) {
  return setValues(where, field, [value]);
}

/** `where` without the records that have `value` in `field`. */
export function filterOut(where, field, value) {
  const addition = value === null ? `${field}: *` : `not ${fieldClause(field, [value])}`;
  const kept = clauses(where).filter((part) => part.text !== addition && part.text !== fieldClause(field, [value]));
  return both(kept.map((part) => part.text).join(' and '), addition);
}

/** `where` with the choice for `field` replaced by `values`; none takes the choice away. */
export function setValues(where, field, values) {
  const kept = clauses(where).filter((part) => part.field !== field || (part.negated && !isAbsence(part)) || part.operator !== ':');
  const rest = kept.map((part) => part.text).join(' and ');
  return values.length ? both(rest, fieldClause(field, values)) : rest;
}

function isAbsence(part) {
  return part.negated && /:\s*\*$/.test(part.text);
}

/** The values chosen for `field`: of the part `field: a` or `field: (a or b)`; none when there is no such part. */
export function chosenValues(where, field) {
  const part = clauses(where).find((item) => item.field === field && !item.negated && item.values);
  return part ? part.values : [];
}
