// What the page shows before the first record has ever arrived: how to send one, and how to point a gateway here.

import { h } from './dom.js';
import { code } from './panel-menu.js';

function sample() {
  const now = Date.now();
  return {
    request: { method: 'POST', uri: '/v1/chat/completions', size: 1240, headers: {} }, response: { status: 200, size: 2210, headers: {} },
    start_time: now - 1_240, latency: 1_240, upstream_latency: 1_228, apisix_latency: 12, upstream: 'api.openai.com:443', route_id: 'first-light', consumer: { username: 'me' }, client_ip: '127.0.0.1', server: {
      hostname: 'my-gateway',
      version: '3.18.0',
    },
    llm_summary: {
      request_model: 'gpt-4o-mini',
      model: 'gpt-4o-mini',
      prompt_tokens: 312,
      completion_tokens: 128,
      total_tokens: 440,
      duration: 1_240,
      stream: false,
    },
  };
}

/** The instructions, with this server's own address in them. */
export function onboarding() {
  const origin = location.origin;
  const curl = `curl -s ${origin}/ingest/apisix -H 'Content-Type: application/json' -d '${JSON.stringify(sample())}'`;
  const plugin = { 'elasticsearch-logger': {
    endpoint_addrs: [origin],
    field: { index: 'gateway' },
    timeout: 1,
    buffer_duration: 2,
    inactive_timeout: 1,
    max_retry_count: 10,
  } };
  const apisix = `curl -s http://127.0.0.1:9180/apisix/admin/global_rules/gatewatch -H "X-API-KEY: $ADMIN_KEY" -X PUT -d '${JSON.stringify({ plugins: plugin }, null, 2)}'`;
  return h('div', { class: 'onboarding' },
    h('h1', {}, 'Waiting for the first request'),
    h('p', {}, 'Nothing has arrived yet. As soon as a gateway sends its first record, the dashboards appear here by themselves.'),
    h('ol', {},
      h('li', {}, h('h2', {}, 'Try it with one record'), h('p', { class: 'muted' }, 'An access-log entry as APISIX writes it.'), code(curl, 'curl')),
      h('li', {},
        h('h2', {}, 'Point APISIX here'),
        h('p', { class: 'muted' },
          'Its elasticsearch-logger as a global rule. Put this machine\u2019s address in where the gateway runs elsewhere. The short buffer_duration makes figures fresh; the retries keep records when Gatewatch restarts.',
        ),
        code(apisix, 'curl'),
      ),
      h('li', {},
        h('h2', {}, 'Or bring what you have'),
        h('p', { class: 'muted' }, 'Log files (NDJSON or arrays, gzip or not) of APISIX, Noveum or LiteLLM.'),
        code('gatewatch import access.log.gz', 'shell'),
      )));
}
