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
