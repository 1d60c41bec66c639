// One request with everything known of it; a sheet from the bottom on a phone. Open as long as the URL names a record.

import { fetchRecord } from '../api.js';
import { keepOnly, leaveOut } from '../actions.js';
import { h, replace } from '../dom.js';
import { fieldNamed, loadFields } from '../fields.js';
import { fieldClause } from '../filter-text.js';
import { format } from '../format.js';
import { icon } from '../icons.js';
import { code } from '../panel-menu.js';
import { errorNotice } from '../panel-states.js';
import { copyText } from '../popover.js';
import { current, hrefOf, linkTo, onNavigate } from '../router.js';
import { SideFrame } from '../side-frame.js';
import { absoluteRange } from '../time-range.js';
import { cellText, isFilterable } from './columns.js';
import { steps } from './steps.js';
import { waterfallDetail } from './waterfall.js';

const GROUPS = [
  ['Timing', ['time', 'start', 'received_at', 'duration', 'ttft', 'upstream_ttfb', 'upstream_duration', 'gateway_overhead']],
  [
    'Model call',
    [
      'operation',
      'provider',
      'model',
      'request_model',
      'upstream_model',
      'response_model',
      'stream',
      'finish_reason',
      'cache_status',
      'tool_count',
      'tool_called',
      'guardrail_status',
    ],
  ],
  [
    'Usage and cost',
    [
      'input_tokens',
      'output_tokens',
      'total_tokens',
      'cache_read_tokens',
      'cache_creation_tokens',
      'reasoning_tokens',
      'tokens_source',
      'cost',
      'cost_source',
      'cost_reported',
    ],
  ],
  ['Outcome', ['status', 'status_class', 'error_type', 'error_code', 'error_message', 'attempts']],
  ['Who', ['client', 'organization', 'project', 'team', 'user', 'conversation_id', 'experiment', 'client_address', 'country', 'user_agent']],
  ['HTTP', ['method', 'path', 'request_size', 'response_size', 'server_address']],
  ['Gateway', ['gateway', 'gateway_node', 'gateway_version', 'route', 'service', 'environment', 'observer', 'source', 'index']],
  ['Identifiers', ['id', 'request_id', 'provider_request_id', 'response_id', 'trace_id', 'span_id', 'document_id', 'sequence']],
];
export class SidePanel {
  constructor() {
    const button = (label, name, act, title) => h('button',
      { type: 'button', class: 'icon-button', 'aria-label': label, title, onclick: act },
      icon(name),
    );
    this.frame = new SideFrame({
      id: 'record', title: 'Request', label: 'side panel', onclose: () => steps.close(), tools: [
        button('Previous request', 'up', () => steps.by(-1), 'Previous  k'), button('Next request', 'down', () => steps.by(1), 'Next  j'),
        button('Copy link', 'link', () => copyText(location.origin + hrefOf({}), 'Link copied'), 'Copy link'),
      ],
    });
    this.element = this.frame.element;
    this.body = this.frame.body;
    onNavigate((_, changed) => { if (changed.has('open')) this.show(); else if (changed.has('tz') && this.record) this.draw(); });
    this.show();
  }

  async show() {
    const { open } = current();
    this.request?.abort();
    this.frame.setOpen(Boolean(open));
    if (!open) { this.record = null; return; }
    this.request = new AbortController();
    this.element.classList.add('loading');
    try {
      const [record] = await Promise.all([fetchRecord(open, this.request.signal), loadFields().catch(() => [])]);
      this.record = record.record ?? record;
      this.draw();
    } catch (error) {
      if (error.name === 'AbortError') return;
      replace(this.body,
        error.status === 404 ? h('div', { class: 'notice' }, h('p', {}, 'This request is not in the store (any more).')) : errorNotice(error),
      );
    }
    this.element.classList.remove('loading');
  }

  draw() {
    const { record } = this;
    const { index, count } = steps.place();
    this.frame.place.textContent = index < 0 ? '' : `${index + 1} of ${count}`;
    const scroll = this.body.scrollTop;
    const failed = record.error_type ?? (record.status >= 400 ? 'error' : null);
    const known = new Set(GROUPS.flatMap(([, names]) => names));
    const others = Object.keys(record).filter((name) => !known.has(name));
    replace(this.body,
      h('div', { class: 'side-summary' },
        h('div', { class: 'side-line' },
          record.status !== undefined && h('span', { class: `status-tag status-${Math.floor(record.status / 100)}` }, String(record.status)),
          h('b', {}, record.model ?? record.path ?? 'Request'),
          failed && h('span', { class: 'badge level-critical' }, icon('critical'), failed),
        ),
        h('div', { class: 'muted' }, [record.method, record.path].filter(Boolean).join(' ')),
        h('div', { class: 'side-figures' }, [
          ['Duration', format(record.duration, 's')],
          ['First token', format(record.ttft, 's')],
          [
            'Tokens',
            record.input_tokens === undefined ? '\u2013' : `${format(record.input_tokens, '1')} \u2192 ${format(record.output_tokens ?? null, '1')}`,
          ],
          ['Cost', format(record.cost, 'USD')],
        ]
          .map(([name, text]) => h('div', {}, h('span', { class: 'tile-label' }, name), h('span', { class: 'tile-figure' }, text)))),
        waterfallDetail(record), record.error_message && h('pre', { class: 'side-error' }, record.error_message), this.links()),
      GROUPS.map(([name, names]) => this.group(name, names.filter((field) => record[field] !== undefined && record[field] !== null))),
      this.group('Other', others),
      h('details',
        { class: 'side-raw', ontoggle: (event) => { this.rawOpen = event.target.open; }, open: this.rawOpen ?? false },
        h('summary', {}, 'Raw JSON'),
        code(JSON.stringify(record, null, 2), 'JSON'),
      ));
    this.body.scrollTop = scroll;
  }

  group(name, fields) {
    if (fields.length === 0) return null;
    return h('section', { class: 'side-group' }, h('h3', {}, name), h('dl', {}, fields.map((field) => this.field(field))));
  }

  field(name) {
    const value = this.record[name];
    const text = typeof value === 'object' ? JSON.stringify(value) : cellText(name, value);
    const exact = typeof value === 'number' && String(value) !== text ? String(value) : null;
    return h('div', { class: 'side-field' }, h('dt', { title: fieldNamed(name)?.summary },
      name,
    ), h('dd', { title: exact }, h('span', {}, text), h('span', { class: 'cell-actions' },
        isFilterable(name) && [h('button',
          { type: 'button', 'aria-label': `Filter for ${name}`, title: 'Filter for this value', onclick: () => keepOnly(name, value) },
          icon('plus'),
        ),
          h('button',
            { type: 'button', 'aria-label': `Filter out ${name}`, title: 'Filter out', onclick: () => leaveOut(name, value) },
            icon('minus'),
          )],
        h('button', { type: 'button', 'aria-label': `Copy ${name}`, title: 'Copy', onclick: () => copyText(String(value)) }, icon('copy')))));
  }

  links() {
    const { record } = this;
    const all = (names) => names.filter((name) => record[name] !== undefined && record[name] !== null).map((name) => fieldClause(name, [record[name]])).join(' and ');
    const time = Date.parse(record.time);
    const to = (label, sign, patch) => h('a',
      { class: 'button small', ...linkTo({ page: 'requests', view: 'records', open: '', sort: '-time', ...patch }) },
      icon(sign),
      label,
    );
    return h('div', { class: 'side-links' },
      to('Similar requests', 'list', { where: all(['provider', 'model', 'path', 'status_class', 'error_type']) }),
      record.client !== undefined && to('Same client', 'filter', { where: all(['client']) }),
      record.trace_id !== undefined && to('Same trace', 'link', { where: all(['trace_id']) }),
      to('Five minutes around', 'clock', { where: '', ...absoluteRange(time - 150_000, time + 150_000) }));
  }
}
