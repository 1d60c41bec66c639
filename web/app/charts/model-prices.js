// What tokens would cost at another model's list price. Pure.

/**
 * What traffic costs at a price per million tokens. Tokens read from a cache and written to one are part of the input and cost what
 * the list says for them; where it says nothing, what input costs, as the server prices them.
 * @param {{input: number, output: number, read: number, written: number}} tokens
 * @param {{input: number, output: number, cached_input: number|null, cache_write: number|null}} price  USD per million tokens
 */
export function costAt(tokens, price) {
  const plain = Math.max(0, tokens.input - tokens.read - tokens.written);
  return (plain * price.input + tokens.read * (price.cached_input ?? price.input) + tokens.written * (price.cache_write ?? price.input) + tokens.output * price.output) / 1e6;
}

/**
 * What traffic of several models was paid for at their list prices: `{input, read, written, output, saved}` in USD, where `saved` is what
 * reading from caches cost less than sending the same tokens anew. Models without a price are left out; `priced` counts those with one.
 * @param {{key: string, tokens: object}[]} groups  @param {Map<string, object>} prices  by `provider/model`
 */
export function partsOf(groups, prices) {
  const parts = { input: 0, read: 0, written: 0, output: 0, saved: 0, priced: 0 };
  for (const { key, tokens } of groups) {
    const price = prices.get(key);
    if (!price) continue;
    const read = price.cached_input ?? price.input;
    parts.priced += 1;
    parts.input += (Math.max(0, tokens.input - tokens.read - tokens.written) * price.input) / 1e6;
    parts.read += (tokens.read * read) / 1e6;
    parts.written += (tokens.written * (price.cache_write ?? price.input)) / 1e6;
    parts.output += (tokens.output * price.output) / 1e6;
    parts.saved += (tokens.read * (price.input - read)) / 1e6;
  }
  return parts;
}

/** Whether a listed name carries a date: the same model under a second name. */
function isDated(name) {
  return /(-\d{8}|-\d{4}-\d{2}-\d{2})(-v\d(:\d)?)?$/.test(name);
}

/**
 * The prices worth comparing, of the list that is valid at `now` (ms): models that can write where the traffic has output, without
 * second names of the same model unless they are in use (`used`: `provider/model`) or looked for (`search`).
 */
export function comparable(prices, { used, search, hasOutput, now }) {
  const valid = new Map();
  for (const price of prices) {
    const from = price.valid_from ? Date.parse(price.valid_from) : -Infinity;
    const key = `${price.provider}/${price.model}`;
    const known = valid.get(key);
    if (from <= now && (!known || from >= known.from)) valid.set(key, { ...price, key, from });
  }
  const find = search.toLowerCase();
  return [...valid.values()].filter((price) => {
    if (hasOutput && !price.output) return false;
    if (find) return price.key.toLowerCase().includes(find);
    return used.has(price.key) || !isDated(price.model);
  });
}
