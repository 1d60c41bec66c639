// Request analytics: what is asked, how it ends, how large it is, when it comes; and the requests themselves.

import { FAILED } from './overview.js';

const volume = {
  id: 'volume', title: 'Volume by endpoint',
  question: 'Which endpoints carry the traffic?',
  kind: 'time', draw: 'area', stacked: true, unit: 'req/s', perSecond: true, size: 'half', height: 270,
  query: { every: 'auto', measures: ['count'], by: ['path'], limit: 8, other: true },
  description: {
    formula: 'Requests per second by path (without the query), the eight busiest of the range and the others together.',
    action: 'Click an area for its requests.',
  },
};

/** The chart above the table of single requests. */
const strip = {
  ...volume,
  id: 'strip', title: 'Requests over time',
  question: 'When did these requests come?',
  draw: 'bars', size: 'full', height: 150,
  query: { every: 'auto', measures: ['count'], by: ['status_class'], order: 'status_class', limit: 6 },
  description: {
    formula: 'The requests of the table per second, by the class of their status.',
    action: 'Drag to narrow the range, click a bar to see only its requests.',
  },
};

/** @type {{id: string, title: string, views: object, records: {strip: object}, sections: object[]}} */
export const requestsPage = {
  id: 'requests',
  title: 'Request analytics',
  views: { analytics: 'Analytics', records: 'Requests' },
  records: { strip },
  sections: [
    {
      id: 'volume', title: 'Volume and outcome',
      panels: [
        volume,
        {
          id: 'codes', title: 'Status codes',
          question: 'How do requests end?',
          kind: 'time', draw: 'bars', stacked: true, unit: 'req/s', perSecond: true, sorted: true, size: 'half', height: 270,
          query: { every: 'auto', measures: ['count'], by: ['status'], limit: 12, other: true },
          description: {
            formula: 'Requests per second by HTTP status sent to the client.',
            action:
              'Isolate a code in the legend, then click a bar for its requests. 429 comes in bursts when a quota is hit; 401 ' +
              'after a key was rotated.',
          },
        },
        {
          id: 'endpoint-codes', title: 'Endpoint and status',
          question: 'Which endpoint gives which status?',
          kind: 'heat-table', size: 'half',
          query: { measures: ['count'], by: ['path', 'status'], limit: 400 },
          description: {
            formula:
              'Requests of the range by path and status. The shade follows the share of the row on a logarithmic scale, so that ' +
              'rare faults are still seen.',
            action: 'Click a cell for its requests.',
          },
        },
        {
          id: 'success', title: 'Success ratio',
          question: 'What share of requests succeeds?',
          kind: 'time', draw: 'line', unit: 'ratio', axis: 'close', size: 'half', height: 250,
          query: { every: 'auto', measures: [`ratio(not (${FAILED}))`] },
          series: [{ name: 'success', measure: `ratio(not (${FAILED}))`, clause: '' }],
          thresholds: { warning: 0.98, critical: 0.95, below: true },
          drill: { clause: FAILED },
          description: {
            formula: 'Requests without an error divided by all requests. Clients that hung up count as success here.',
            action: 'Click a dip for the failed requests of that time.',
          },
        },
      ],
    },
    {
      id: 'mix', title: 'Mix',
      panels: [
        {
          id: 'mix', title: 'Traffic mix',
          question: 'What is the traffic made of?',
          kind: 'ranking', size: 'third',
          fields: [['model', 'Model'], ['provider', 'Provider'], ['operation', 'Operation'], ['stream', 'Stream'], ['method', 'Method']],
          labels: { stream: { true: 'streamed', false: 'not streamed' }, operation: { null: 'not a model call' } },
          query: { measures: ['count'], limit: 10 },
          description: {
            formula: 'Requests of the range by the chosen field, and their share of all.',
            action: 'Click a name to filter by it, a bar to see its requests.',
          },
        },
        {
          id: 'finish', title: 'Finish reasons',
          question: 'Are answers cut off?',
          kind: 'ranking', size: 'third',
          query: { measures: ['count'], by: ['finish_reason'], where: 'finish_reason: *', limit: 10 },
          warn: { length: 0.1 },
          description: {
            formula:
              'Why model answers ended, as a share of answers with a reason: stop (finished), length (cut off at the token ' +
              'limit), tool_calls, content_filter.',
            action: 'More than 10 % length: raise max_tokens or shorten the prompts.',
          },
        },
        {
          id: 'error-types', title: 'Error types',
          question: 'What kinds of errors are there?',
          kind: 'ranking', size: 'third', spark: true,
          query: { measures: ['count'], by: ['error_type'], where: 'error_type: *', limit: 10 },
          empty: 'No errors in this range.',
          description: {
            formula: 'Failed requests by error class, with their course over the range.',
            action:
              'rate_limit and quota: ask for more or slow clients down. authentication: a key expired. timeout and overloaded: ' +
              'the provider. invalid_request: a client sends something wrong.',
          },
        },
      ],
    },
    {
      id: 'sizes', title: 'Sizes and tokens',
      panels: [
        {
          id: 'prompt-tokens', title: 'Prompt tokens',
          question: 'How long are the prompts?',
          kind: 'time', draw: 'line', unit: '{token}', ramp: true, keepOrder: true, size: 'half', height: 230,
          query: { every: 'auto', measures: ['p50(input_tokens)', 'p95(input_tokens)', 'p99(input_tokens)'] },
          series: [
            { name: 'p50', measure: 'p50(input_tokens)' },
            { name: 'p95', measure: 'p95(input_tokens)' },
            { name: 'p99', measure: 'p99(input_tokens)' },
          ],
          drill: { atOrAbove: true, sort: '-input_tokens' },
          description: {
            formula: 'Percentiles of input tokens per request, cached ones included.',
            action:
              'A rising p95 raises cost and time to first token: look for a client that sends whole documents or an ever-growing ' +
              'history.',
          },
        },
        {
          id: 'completion-tokens', title: 'Completion tokens',
          question: 'How long are the answers?',
          kind: 'time', draw: 'line', unit: '{token}', ramp: true, keepOrder: true, size: 'half', height: 230,
          query: { every: 'auto', measures: ['p50(output_tokens)', 'p95(output_tokens)', 'p99(output_tokens)'] },
          series: [
            { name: 'p50', measure: 'p50(output_tokens)' },
            { name: 'p95', measure: 'p95(output_tokens)' },
            { name: 'p99', measure: 'p99(output_tokens)' },
          ],
          drill: { atOrAbove: true, sort: '-output_tokens' },
          description: {
            formula: 'Percentiles of output tokens per request, reasoning included.',
            action: 'Output tokens decide most of the duration and often of the cost: longer answers explain slower requests.',
          },
        },
        {
          id: 'request-size', title: 'Request size',
          question: 'How large are requests?',
          kind: 'time', draw: 'line', unit: 'By', ramp: true, keepOrder: true, size: 'half', height: 210,
          query: { every: 'auto', measures: ['p50(request_size)', 'p95(request_size)'] },
          series: [{ name: 'p50', measure: 'p50(request_size)' }, { name: 'p95', measure: 'p95(request_size)' }],
          drill: { atOrAbove: true, sort: '-request_size' },
          description: {
            formula: 'Median and 95th percentile of the request\u2019s size as the gateway counts it.',
            action: 'Sudden growth without more prompt tokens is usually images or files in the request.',
          },
        },
        {
          id: 'response-size', title: 'Response size',
          question: 'How large are responses?',
          kind: 'time', draw: 'line', unit: 'By', ramp: true, keepOrder: true, size: 'half', height: 210,
          query: { every: 'auto', measures: ['p50(response_size)', 'p95(response_size)'] },
          series: [{ name: 'p50', measure: 'p50(response_size)' }, { name: 'p95', measure: 'p95(response_size)' }],
          drill: { atOrAbove: true, sort: '-response_size' },
          description: {
            formula: 'Median and 95th percentile of the response\u2019s size as the gateway counts it.',
            action: 'Streamed answers are several times larger than their text; compare only like with like.',
          },
        },
      ],
    },
    {
      id: 'gateway', title: 'Retries and cache',
      panels: [
        {
          id: 'retries', title: 'Retry rate',
          question: 'How often is a second try needed?',
          kind: 'time', draw: 'line', unit: 'ratio', size: 'half', height: 210,
          query: { every: 'auto', measures: ['ratio(attempts > 1)'], where: 'attempts: *' },
          series: [{ name: 'retried', measure: 'ratio(attempts > 1)', clause: 'attempts > 1' }],
          emptyFor: 'The gateway does not report its tries.',
          description: {
            formula: 'Requests with more than one upstream try, divided by those that report their tries.',
            action: 'Retries hide failures and cost time: a rising rate announces trouble before the error rate shows it.',
          },
        },
        {
          id: 'cache', title: 'Cache hit rate',
          question: 'How much does the answer cache save?',
          kind: 'time', draw: 'line', unit: 'ratio', firstColor: 2, size: 'half', height: 210,
          query: { every: 'auto', measures: ['ratio(cache_status: hit)'], where: 'cache_status: *' },
          series: [{ name: 'hits', measure: 'ratio(cache_status: hit)', clause: 'cache_status: hit' }],
          emptyFor: 'No request in this range went through an answer cache.',
          description: {
            formula: 'Requests answered from the gateway\u2019s cache, divided by those that asked it.',
            action: 'Below 30 % a cache hardly pays: look at what clients vary in otherwise equal prompts.',
          },
        },
      ],
    },
    {
      id: 'load', title: 'Load by hour',
      panels: [
        {
          id: 'week', title: 'Load by hour and weekday',
          question: 'When is the peak?',
          kind: 'week-heat', size: 'full',
          query: { measures: ['count'] },
          description: {
            formula:
              'Mean requests per hour for each hour of the week, over the range but at least seven days, in the chosen zone. ' +
              'Hours cut by the range\u2019s ends are left out.',
            action: 'Plan batch work for the pale hours. Open a cell to see the requests of one such hour.',
          },
        },
      ],
    },
  ],
};
