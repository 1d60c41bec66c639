// The Overview: is it healthy, is it fast, what does it cost, what changed. Panels are data: what a panel asks and how it is
// drawn stands here, not in code.

/** Failed calls: an error class is set and the client did not just hang up. */
export const FAILED = 'error_type: * and not error_type: client_closed';

/** Latency thresholds in seconds; a person starts to wait, and gives up. */
const SLOW = { warning: 2, critical: 5 };

/** @type {{id: string, title: string, sections: object[]}} */
export const overviewPage = {
  id: 'overview',
  title: 'Overview',
  sections: [
    {
      id: 'figures', layout: 'stats',
      panels: [
        {
          id: 'availability', title: 'Availability',
          question: 'Are we inside the objective?',
          kind: 'stat', unit: 'ratio', axis: 'close', better: 'up', target: 0.999, wide: true,
          query: { measures: ['ratio(not status >= 500)'] },
          figures: [{}],
          thresholds: { warning: 0.999, critical: 0.995, below: true },
          drill: { clause: 'status >= 500' },
          description: {
            formula:
              'Requests that did not end in a 5xx, divided by all requests of the range. The error budget is the share of ' +
              'failures that a target of 99.9 % allows; what is left of it goes down with each 5xx.',
            action:
              'Below the target: open the failed requests with a click on the figure, then look at Providers and Top movers for ' +
              'who is affected.',
          },
        },
        {
          id: 'rate', title: 'Request rate',
          question: 'How much traffic is there, and how does it compare?',
          kind: 'stat', unit: 'req/s', perSecond: true, compare: true,
          query: { measures: ['count'] },
          figures: [{}],
          description: {
            formula:
              'Requests completed per second, averaged over the range. The dotted line is the time it is compared with; choose ' +
              'that in the time range.',
            action:
              'A sudden drop with healthy providers usually means that clients or the gateway itself stopped: check Ingest health ' +
              'first.',
          },
        },
        {
          id: 'errors', title: 'Error rate',
          question: 'Is it failing now?',
          kind: 'stat', unit: 'ratio', compare: true, better: 'down',
          query: { measures: [`ratio(${FAILED})`] },
          figures: [{}],
          thresholds: { warning: 0.02, critical: 0.05 },
          drill: { clause: FAILED },
          description: {
            formula:
              'Requests with an error (status 4xx or 5xx, time-outs, interrupted streams) divided by all requests. Clients that ' +
              'hung up are not counted.',
            action:
              'Click to see the failed requests; group them by error type on Request analytics. Many rate_limit errors ask for a ' +
              'higher quota or slower clients, many provider errors for failover.',
          },
        },
        {
          id: 'latency-p95', title: 'p95 duration',
          question: 'Is it slow now?',
          kind: 'stat', unit: 's', compare: true, better: 'down',
          query: { measures: ['p95(duration)'] },
          figures: [{}],
          thresholds: SLOW,
          drill: { sort: '-duration' },
          description: {
            formula: 'The duration that 95 of 100 requests stay below, from the request to the last byte, streamed answers included.',
            action:
              'Long answers take long: compare with time to first token. When both rise, a provider or the gateway is slow; when ' +
              'only this rises, answers grew longer.',
          },
        },
        {
          id: 'ttft-p95', title: 'p95 first token',
          question: 'How long do people wait for the first word?',
          kind: 'stat', unit: 's', compare: true, better: 'down',
          query: { measures: ['p95(ttft)'], where: 'stream: true' },
          figures: [{}],
          thresholds: SLOW,
          drill: { sort: '-ttft' },
          description: {
            formula:
              'Time to the first token of streamed answers, 95th percentile. Requests that are not streamed have none and do not ' +
              'count.',
            action: 'Above the threshold: see which provider or model is slow under Providers and Top movers; consider routing to another.',
          },
        },
        {
          id: 'tokens', title: 'Tokens per second',
          question: 'How hard do the models work?',
          kind: 'stat', unit: 'tok/s', perSecond: true,
          query: { measures: ['sum(input_tokens)', 'sum(output_tokens)'] },
          figures: [{ name: 'in' }, { name: 'out' }],
          description: {
            formula:
              'Input and output tokens of completed requests per second, averaged over the range; as reported by the provider, ' +
              'estimated where it reports none.',
            action: 'Input growing faster than requests means longer prompts: look at prompt tokens on Request analytics.',
          },
        },
        {
          id: 'spend', title: 'Spend',
          question: 'What did this range cost?',
          kind: 'stat', unit: 'USD', compare: true,
          query: { measures: ['sum(cost)', 'count(input_tokens: * and not cost: *)'] },
          figures: [{}],
          drill: { sort: '-cost' },
          unpriced: 'input_tokens: * and not cost: *',
          description: {
            formula:
              'Sum of the computed cost of each request: its tokens priced with the price list valid at its time. Requests of ' +
              'models without a price are not in the sum; their number is shown.',
            action:
              'Click for the most expensive requests. A model without a price can be added to the price file; the past is priced ' +
              'again.',
          },
        },
      ],
    },
    {
      id: 'providers',
      panels: [
        {
          id: 'providers', title: 'Providers',
          question: 'Which provider is in trouble?',
          kind: 'providers', size: 'full',
          query: { measures: ['count', `ratio(${FAILED})`, 'p95(duration)'], by: ['provider'], where: 'provider: *', limit: 24 },
          thresholds: { errors: { warning: 0.02, critical: 0.05 }, p95: { warning: 10, critical: 30 } },
          errorClause: FAILED,
          description: {
            formula:
              'Rate, share of failed requests and p95 duration per provider over the range. Failing: error rate above 5 %. ' +
              'Degraded: error rate above 2 % or p95 above 10 s. No traffic: requests in the time compared with, none now.',
            action:
              'Failing or without traffic: check the provider\u2019s status page, then fail over. Degraded: open its slowest or ' +
              'failed requests with a click on the figure.',
          },
        },
      ],
    },
    {
      id: 'alerts',
      panels: [
        {
          id: 'firing', title: 'Firing alerts',
          question: 'What needs action now?',
          kind: 'firing', size: 'full',
          description: {
            formula: 'Alerts of all rules that fire now and are neither silenced nor inhibited, the worst first. Alerts that are about to fire (pending) are counted only.',
            action: 'Open the alert for its runbook, the requests behind it and the people who know already.',
          },
        },
      ],
    },
    {
      id: 'course',
      panels: [
        {
          id: 'traffic', title: 'Traffic and errors',
          question: 'When did it change?',
          kind: 'time', draw: 'bars', stacked: true, unit: 'req/s', perSecond: true, size: 'half', height: 280,
          query: { every: 'auto', measures: ['count'], by: ['status_class'], order: 'status_class', limit: 6 },
          description: {
            formula:
              'Requests per second by the class of their status: 2xx succeeded, 4xx refused (a client\u2019s fault or a limit), ' +
              '5xx failed.',
            action: 'Click a bar for its requests; drag across to zoom in.',
          },
        },
        {
          id: 'latency', title: 'Latency',
          question: 'How is the duration spread over time?',
          kind: 'time', draw: 'line', unit: 's', ramp: true, keepOrder: true, size: 'half', height: 280,
          query: { every: 'auto', measures: ['p50(duration)', 'p95(duration)', 'p99(duration)'] },
          series: [
            { name: 'p50', measure: 'p50(duration)' },
            { name: 'p95', measure: 'p95(duration)' },
            { name: 'p99', measure: 'p99(duration)' },
          ],
          thresholds: SLOW,
          drill: { atOrAbove: true, sort: '-duration' },
          description: {
            formula: 'Percentiles of the duration per bucket. p50 is the usual request, p99 the slowest of a hundred.',
            action:
              'Click a point of p95 or p99 for the requests that were at least as slow. p50 rising means that all are slower; ' +
              'only p99 rising means a few are.',
          },
        },
      ],
    },
    {
      id: 'changes',
      panels: [
        {
          id: 'movers', title: 'Top movers',
          question: 'What changed against the time before?',
          kind: 'movers', size: 'two-thirds',
          fields: [['client', 'Client'], ['model', 'Model'], ['provider', 'Provider']],
          query: { measures: ['count', `ratio(${FAILED})`, 'p95(duration)', 'sum(cost)'], limit: 200 },
          errorClause: FAILED,
          description: {
            formula:
              'Per client, model or provider: requests, error rate, p95 and spend in the range, and their change against the ' +
              'time compared with. Ordered by how many requests the change touches.',
            action: 'The first row is the likeliest reason for a change in the figures above. Click a name to filter the whole page by it.',
          },
        },
        {
          id: 'ingest', title: 'Ingest health',
          question: 'Is the data fresh and complete?',
          kind: 'health', size: 'third',
          limits: { freshness: { warning: 30, critical: 120 }, lag: { warning: 30, critical: 120 } },
          description: {
            formula:
              'Age of the newest record, delay between a request\u2019s end and its arrival here, and how many records were ' +
              'refused, since the server started.',
            action:
              'Not fresh: nothing arrives, check the gateway\u2019s logger. A long lag comes from the logger\u2019s batching ' +
              '(APISIX waits up to 60 s unless buffer_duration is lowered). Rejected records are in the dead-letter file with the ' +
              'reason.',
          },
        },
      ],
    },
  ],
};
