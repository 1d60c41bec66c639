// What the same traffic would have cost on other models, from the price list. It compares prices, not answers.

import { getJSON } from '../api.js';
import { serverNow } from '../clock.js';
import { debounce, h, replace } from '../dom.js';
import { format } from '../format.js';
import { wholeQuery } from '../queries.js';
import { current, navigate } from '../router.js';
import { comparable, costAt, partsOf } from './model-prices.js';

/** Models of the traffic to choose from. */
const MODELS_MAX = 30;
/** Rows drawn; who looks for another one types its name. */
const ROWS_MAX = 60;
const TOKENS = ['sum(input_tokens)', 'sum(output_tokens)', 'sum(cache_read_tokens)', 'sum(cache_creation_tokens)', 'sum(cost)', 'count', 'count(not cost: *)'];
const NOTE = 'List prices on the tokens of this range: a guide to what to try, not a forecast. Other models count the same text in other tokens (10 to 30 % either way), write answers of other lengths and quality, '
  + 'and may not cache what was cached here. Discounts, batch prices and prices of long prompts are not in it.';

let prices = null;

/** The price list, fetched once. */
function loadPrices() {
  prices ??= getJSON('/api/v1/prices').catch((error) => { prices = null; throw error; });
  return prices;
}

/** The choice that the URL holds: whose traffic (`provider/model`, empty for all), and the text looked for. */
function choiceOf(panel) {
  const [model = '', search = ''] = (current().option[panel.id] ?? '').split('|');
  return { model, search };
}

function choose(panel, patch) {
  const { model, search } = { ...choiceOf(panel), ...patch };
  navigate({ option: { ...current().option, [panel.id]: model || search ? `${model}|${search}` : '' } }, { replace: true });
}

export const whatIfKind = {
  queries: (panel, wish) => [wholeQuery({ ...panel.query, measures: TOKENS, by: ['provider', 'model'], order: '-sum(cost)', limit: MODELS_MAX, other: true }, wish)],
  create: (host, panel) => new WhatIf(host, panel),
};

class WhatIf {
  constructor(host, panel) {
    this.panel = panel;
    this.traffic = h('select', { 'aria-label': 'Traffic of', onchange: () => choose(panel, { model: this.traffic.value }) });
    this.search = h('input', { type: 'search', placeholder: 'Find a model', 'aria-label': 'Find a model', value: choiceOf(panel).search });
    this.search.addEventListener('input', debounce(() => { choose(panel, { search: this.search.value.replaceAll('|', '') }); this.paint(); }, 250));
    this.note = h('p', { class: 'what-if-sum', role: 'status' });
    this.parts = h('div', { class: 'what-if-parts' });
    this.box = h('div', { class: 'what-if-table scroll-x', tabindex: '0', role: 'region', 'aria-label': panel.title });
    host.append(h('div', { class: 'what-if-head' }, h('label', {}, 'Traffic of ', this.traffic), this.search), this.note, this.parts, this.box, h('p', { class: 'panel-caption' }, NOTE));
    loadPrices().then(({ models }) => { this.prices = models; this.paint(); }, (error) => replace(this.note, `The price list could not be read: ${error.message}`));
  }

  update([answer]) {
    this.groups = answer.rows.map(([provider, model, input, output, read, written, cost, count, unpriced]) => ({
      provider, model, key: `${provider}/${model}`, tokens: { input: input ?? 0, output: output ?? 0, read: read ?? 0, written: written ?? 0 }, cost: cost ?? 0, count, unpriced,
    })).filter((group) => group.tokens.input || group.tokens.output);
    this.paint();
  }

  isEmpty() { return this.groups.length === 0; }

  paint() {
    if (!this.groups || !this.prices) return;
    const { model } = choiceOf(this.panel);
    const named = this.groups.filter((group) => group.model !== '_other' && group.model !== null);
    replace(this.traffic, h('option', { value: '' }, 'all models'), named.map((group) => h('option', { value: group.key, selected: group.key === model }, `${group.model} (${group.provider})`)));
    this.compute(model);
    replace(this.note, `${format(this.count, '1')} requests with ${format(this.tokens.input, '{token}')} in and ${format(this.tokens.output, '{token}')} out cost `, h('b', {}, format(this.cost, 'USD')),
      this.unpriced > 0 && `; ${format(this.unpriced, '1')} of them have no price and count as free in that sum`, '.');
    this.drawParts(model);
    const head = ['Model', 'Provider', 'Input / 1M', 'Output / 1M', 'This range would cost', 'Difference', 'Factor'];
    replace(this.box, h('table', { class: 'what-if' },
      h('thead', {}, h('tr', {}, head.map((label, index) => h('th', { scope: 'col', class: index > 1 ? 'number' : null }, label)))),
      h('tbody', {}, this.rows.slice(0, ROWS_MAX).map((row) => this.row(row)))),
      this.rows.length > ROWS_MAX && h('p', { class: 'panel-caption' }, `The ${ROWS_MAX} cheapest of ${this.rows.length}; type a name for the others.`),
      this.rows.length === 0 && h('p', { class: 'muted' }, 'No priced model has that name.'));
  }

  // At list prices, because records keep what they cost in all: a sum of parts that differs from the cost shows by how much.
  drawParts(key) {
    const list = new Map(comparable(this.prices, { used: new Set(this.groups.map((group) => group.key)), search: '', hasOutput: false, now: serverNow() }).map((price) => [price.key, price]));
    const parts = partsOf(key ? this.groups.filter((group) => group.key === key) : this.groups, list);
    const sum = parts.input + parts.read + parts.written + parts.output;
    const kinds = [['input', 'Input', '--series-1'], ['read', 'Cached input', '--series-3'], ['written', 'Cache writes', '--series-4'], ['output', 'Output', '--series-2']].filter(([kind]) => parts[kind] > 0);
    replace(this.parts, sum > 0 && [
      h('div', { class: 'cost-parts', 'aria-hidden': 'true' }, kinds.map(([kind, , color]) => h('span', { style: { width: `${(parts[kind] / sum) * 100}%`, background: `var(${color})` } }))),
      h('ul', { class: 'group-bars-legend' }, kinds.map(([kind, name, color]) => h('li', {}, h('span', { class: 'swatch', style: { background: `var(${color})` } }), `${name} ${format(parts[kind], 'USD')} (${format(parts[kind] / sum, 'ratio')})`))),
      parts.saved > 0 && h('p', { class: 'muted' }, 'Reading from prompt caches cost ', h('b', {}, format(parts.saved, 'USD')), ' less than sending the same tokens anew.'),
    ]);
  }

  compute(key) {
    const groups = key ? this.groups.filter((group) => group.key === key) : this.groups;
    const sum = (of) => groups.reduce((total, group) => total + of(group), 0);
    this.tokens = Object.fromEntries(['input', 'output', 'read', 'written'].map((kind) => [kind, sum((group) => group.tokens[kind])]));
    [this.cost, this.count, this.unpriced] = [sum((group) => group.cost), sum((group) => group.count), sum((group) => group.unpriced)];
    const used = new Set(this.groups.map((group) => group.key));
    this.rows = comparable(this.prices, { used, search: choiceOf(this.panel).search, hasOutput: this.tokens.output > 0, now: serverNow() })
      .map((price) => ({ ...price, used: used.has(price.key), cost: costAt(this.tokens, price) })).sort((a, b) => a.cost - b.cost);
  }

  row(row) {
    const difference = row.cost - this.cost;
    return h('tr', { class: row.used ? 'used' : null },
      h('th', { scope: 'row' }, row.model, row.used && h('span', { class: 'tag' }, 'in use')), h('td', {}, row.provider), h('td', { class: 'number' }, format(row.input, 'USD')),
      h('td', { class: 'number' }, format(row.output, 'USD')), h('td', { class: 'number' }, format(row.cost, 'USD')),
      h('td', { class: `number ${difference > 0 ? 'dearer' : 'cheaper'}` }, `${difference > 0 ? '+' : ''}${format(difference, 'USD')}`),
      h('td', { class: 'number muted' }, this.cost > 0 ? `\u00d7${format(row.cost / this.cost, '1')}` : ''));
  }

  table() {
    if (!this.rows) return { columns: [], rows: [] };
    return {
      columns: [{ label: 'Model' }, { label: 'Provider' }, ...['Input / 1M', 'Output / 1M', 'Would cost', 'Difference'].map((label) => ({ label, number: true }))],
      rows: this.rows.map((row) => [{ text: row.model }, { text: row.provider }, { text: format(row.input, 'USD') }, { text: format(row.output, 'USD') }, { text: format(row.cost, 'USD') },
        { text: format(row.cost - this.cost, 'USD') }]),
    };
  }

  destroy() {}
}
