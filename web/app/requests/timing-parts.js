// Where the time of one request went. Pure.

/**
 * The parts of a record's duration in order, `{name, key, seconds}`; they add up to the duration. Without a first token the
 * upstream part is one; without either all of it is unknown. Pure.
 */
export function timingParts(record) {
  const total = record.duration;
  if (!(total > 0)) return [];
  const gateway = Math.min(total,
    Math.max(0, record.gateway_overhead ?? (record.upstream_duration !== undefined ? total - record.upstream_duration : 0)),
  );
  const rest = total - gateway;
  const parts = gateway > 0 ? [{ key: 'gateway', name: 'gateway', seconds: gateway }] : [];
  if (record.ttft > 0 && record.ttft <= total) {
    const waiting = Math.min(rest, Math.max(0, record.ttft - gateway));
    parts.push({ key: 'wait', name: 'to first token', seconds: waiting }, { key: 'stream', name: 'streaming', seconds: rest - waiting });
  } else {
    parts.push({ key: 'upstream', name: 'upstream', seconds: rest });
  }
  return parts.filter((part) => part.seconds > 0);
}
