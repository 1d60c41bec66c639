// PromQL as text under a cursor: its tokens, what may come next, and where an error stands. Pure. The server judges what is
// right; this only needs to be right about what people are in the middle of typing.

/** Aggregations, which take `by` and `without`. */
export const AGGREGATIONS = [
  'sum', 'avg', 'count', 'min', 'max', 'group', 'stddev', 'stdvar', 'topk', 'bottomk', 'quantile', 'count_values', 'limitk', 'limit_ratio',
];
const GROUPINGS = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right'];
const WORDS = ['and', 'or', 'unless', 'atan2', 'bool', 'offset', ...GROUPINGS];

/** Durations offered in brackets, with what each is good for. */
export const DURATIONS = [
  ['1m', 'quick, jumpy'], ['5m', 'the usual'], ['15m', 'calm'], ['1h', 'by the hour'], ['1d', 'by the day'], ['7d', 'by the week'],
];

const TOKEN = new RegExp([
  '(?<space>\\s+)', '(?<comment>#[^\\n]*)', '(?<string>"(?:\\\\.|[^"\\\\\\n])*"?|\'(?:\\\\.|[^\'\\\\\\n])*\'?|`[^`]*`?)',
  '(?<duration>(?:\\d+(?:ms|[smhdwy]))+(?![\\w.]))', '(?<number>0x[0-9a-fA-F]+|(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)',
  '(?<word>[a-zA-Z_:][\\w:]*)', '(?<operator>=~|!~|==|!=|>=|<=|[-+*/%^<>=@])', '(?<bracket>[(){}\\[\\],:])', '(?<other>.)',
].join('|'), 'gsu');

/**
 * @typedef {object} Token
 * @property {'space'|'comment'|'string'|'duration'|'number'|'word'|'operator'|'bracket'|'other'} type
 * @property {string} text
 * @property {number} start
 * @property {number} end
 */

/** The tokens of `text`, white space and comments among them. @returns {Token[]} */
export function tokenize(text) {
  return [...text.matchAll(TOKEN)].map((match) => ({
    type: Object.keys(match.groups).find((name) => match.groups[name] !== undefined), text: match[0], start: match.index, end: match.index + match[0].length,
  }));
}

/** The tokens with the class of their colour: `function`, `metric`, `label`, `keyword`, or their type. */
export function colouring(text) {
  const tokens = tokenize(text);
  const open = [];
  return tokens.map((token, index) => {
    if (token.type === 'bracket') track(open, token, tokens, index);
    return { ...token, kind: token.type === 'word' ? kindOf(tokens, index, open) : token.type };
  });
}

function track(open, token, tokens, index) {
  if ('({['.includes(token.text)) {
    const before = previous(tokens, index);
    open.push({ bracket: token.text, word: before?.type === 'word' ? before.text : null });
  } else if (')}]'.includes(token.text)) open.pop();
}

function kindOf(tokens, index, open) {
  const { text } = tokens[index];
  const scope = open[open.length - 1];
  if (scope?.bracket === '{') return 'label';
  if (scope?.bracket === '(' && GROUPINGS.includes(scope.word)) return 'label';
  const next = following(tokens, index);
  if (AGGREGATIONS.includes(text.toLowerCase()) && (next?.text === '(' || GROUPINGS.includes(next?.text))) return 'function';
  if (WORDS.includes(text.toLowerCase())) return 'keyword';
  return next?.text === '(' ? 'function' : 'metric';
}

const isSilent = (token) => token.type === 'space' || token.type === 'comment';

function previous(tokens, index) {
  for (let at = index - 1; at >= 0; at -= 1) if (!isSilent(tokens[at])) return tokens[at];
  return null;
}

function following(tokens, index) {
  for (let at = index + 1; at < tokens.length; at += 1) if (!isSilent(tokens[at])) return tokens[at];
  return null;
}

/**
 * @typedef {object} Context
 * @property {'expression'|'label'|'value'|'grouping'|'duration'|'none'} expect  what may stand at the cursor
 * @property {string} prefix   what is written of it already, without quotes
 * @property {number} start    where it starts in the text
 * @property {number} end      where it ends: what a suggestion replaces
 * @property {string} [metric] the metric of the selector around the cursor
 * @property {string} [label]  the label whose value is being written
 * @property {string} [quote]  the quote that the value stands in, empty where there is none yet
 */

/** What may come at `cursor` of `text`. @returns {Context} */
export function contextAt(text, cursor) {
  const tokens = tokenize(text);
  const before = tokens.filter((token) => token.end <= cursor && !isSilent(token));
  let current = tokens.find((token) => token.start < cursor && token.end >= cursor && ['word', 'string', 'duration', 'number'].includes(token.type));
  if (tokens.some((token) => token.type === 'comment' && token.start < cursor && token.end >= cursor)) return { expect: 'none', prefix: '', start: cursor, end: cursor };
  // A string that is closed before the cursor is done.
  if (current?.type === 'string' && current.end === cursor && current.text.length > 1 && current.text.endsWith(current.text[0])) current = undefined;
  const done = current ? before.filter((token) => token.start < current.start) : before;
  const quote = current?.type === 'string' ? current.text[0] : '';
  const place = {
    prefix: current ? text.slice(current.start + quote.length, cursor) : '', start: current ? current.start : cursor, end: current ? current.end : cursor,
  };
  return { ...place, ...expectation(done, quote, current) };
}

function expectation(done, quote, current) {
  const open = [];
  for (const [index, token] of done.entries()) if (token.type === 'bracket') trackIndex(open, token, done, index);
  const scope = open[open.length - 1];
  const last = done[done.length - 1];
  if (scope?.bracket === '{') return inBraces(done, scope, last, quote);
  if (scope?.bracket === '[') return { expect: 'duration' };
  if (quote) return { expect: 'none' };
  if (scope?.bracket === '(' && GROUPINGS.includes(scope.word)) return { expect: 'grouping', metric: metricWithin(done, scope.at) };
  if (last?.type === 'word' && last.text.toLowerCase() === 'offset') return { expect: 'duration' };
  const isStart = !last || last.type === 'operator' || ['(', ','].includes(last.text) || (last.type === 'word' && WORDS.includes(last.text.toLowerCase()));
  return { expect: isStart && (!current || current.type === 'word') ? 'expression' : 'none' };
}

function trackIndex(open, token, tokens, index) {
  if ('({['.includes(token.text)) {
    const before = tokens[index - 1];
    open.push({ bracket: token.text, word: before?.type === 'word' ? before.text : null, at: index });
  } else if (')}]'.includes(token.text)) open.pop();
}

function inBraces(done, scope, last, quote) {
  const metric = scope.word ?? undefined;
  if (last.type === 'operator') {
    const label = done[done.length - 2];
    return { expect: 'value', metric, label: label?.type === 'string' ? label.text.slice(1, -1) : label?.text, quote };
  }
  return { expect: last.text === '{' || last.text === ',' ? 'label' : 'none', metric };
}

// `sum by (|` comes before its metric, `sum(x) by (|` after it: the nearest metric either way names the labels.
function metricWithin(done, at) {
  for (let index = at - 1; index >= 0; index -= 1) {
    const token = done[index];
    const isCalled = done[index + 1]?.text === '(';
    if (token.type === 'word' && !isCalled && !WORDS.includes(token.text.toLowerCase()) && !AGGREGATIONS.includes(token.text.toLowerCase())) return token.text;
  }
  return undefined;
}

/** `text` with what `context` names replaced by `insertion`, and the cursor at `|` of the insertion, or behind it. */
export function complete(text, context, insertion) {
  const mark = insertion.indexOf('|');
  const plain = mark < 0 ? insertion : insertion.slice(0, mark) + insertion.slice(mark + 1);
  let tail = text.slice(context.end);
  // What is already written behind the cursor is not written twice.
  const overlap = mark < 0 ? '' : plain.slice(mark);
  if (overlap && tail.startsWith(overlap)) tail = tail.slice(overlap.length);
  return { text: text.slice(0, context.start) + plain + tail, cursor: context.start + (mark < 0 ? plain.length : mark) };
}

const POSITION = /^(?:invalid parameter "query": )?(?:(\d+):(\d+): )?(?:parse error: )?/;

/** An error of the server as its words and the offset in `text` that it speaks of, null where it names none. */
export function errorPlace(message, text) {
  const [prefix, line, column] = POSITION.exec(message);
  if (!line) return { message: message.slice(prefix.length), offset: null };
  const lines = text.split('\n').slice(0, Number(line) - 1);
  const offset = lines.reduce((sum, one) => sum + one.length + 1, 0) + Number(column) - 1;
  return { message: message.slice(prefix.length), offset: Math.min(text.length, Math.max(0, offset)) };
}

/** A label's value as PromQL writes it. */
export function quoted(value) {
  return `"${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}

/** A series as PromQL writes it: `name{label="value"}`, `{}` where it has no labels. */
export function seriesText(metric) {
  const { __name__: name, ...labels } = metric;
  const pairs = Object.entries(labels).map(([label, value]) => `${/^[a-zA-Z_]\w*$/.test(label) ? label : quoted(label)}=${quoted(value)}`);
  if (!pairs.length) return name ?? '{}';
  return `${name ?? ''}{${pairs.join(', ')}}`;
}
