// What the completeness of a range means: how bad it is, and in which words. Pure.

import { format, formatAge, formatCount } from './format.js';

/**
 * @typedef {object} Judgement
 * @property {'ok'|'warning'|'critical'|null} level  null where nothing came, so that there is nothing to judge
 * @property {string} text     short, for beside a panel's title: `99.98 % of expected, 12 s behind`
 * @property {string} title    a sentence, for people who cannot see the colour
 */

/** Below this share something is missing; above it only what people cannot see in a chart. */
const COMPLETE = 0.9995;
/** Below this share figures are no longer to be trusted. */
const POOR = 0.99;
/** Newest records up to this age are usual: loggers send in batches of up to a minute. */
const BEHIND_S = 120;
/** A source that sends seldom is behind only after this many of its usual gaps. */
const GAPS = 10;

/**
 * Judges an answer of `/api/v1/completeness`.
 * @param {object} report
 * @param {boolean} isLive  whether the range reaches to now: only then can it be behind
 * @returns {Judgement}
 */
export function judge(report, isLive) {
  const { total } = report;
  const lost = total.refused_requests > 0;
  const behind = isLive ? secondsBehind(report) : null;
  if (total.completeness === null && !lost && behind === null) return { level: null, text: '', title: 'Nothing was received in this range.' };
  const share = total.completeness === null ? null : Math.min(1, total.completeness);
  const measure = total.expected === null ? 'received' : 'expected';
  const parts = [];
  if (share !== null) parts.push(`${shareText(share)} of ${measure}`);
  if (behind !== null) parts.push(`${formatAge(behind)} behind`);
  if (lost) parts.push(`${formatCount(total.refused_requests)} refused`);
  const level = levelOf(share, lost, behind !== null && report.sources.some((source) => isBehind(source, report)));
  return { level, text: parts.join(', '), title: `${{ ok: 'Complete', warning: 'Not complete', critical: 'Far from complete' }[level]}: ${parts.join(', ')}` };
}

// Rounded down: what is missing must not be rounded away. Two digits tell one in ten thousand, which the marks are about.
function shareText(share) {
  const hundredths = Math.floor(share * 10_000 + 1e-9);
  return `${hundredths % 100 ? (hundredths / 100).toFixed(2) : hundredths / 100}\u202f%`;
}

function levelOf(share, lost, behind) {
  if (share !== null && share < POOR) return 'critical';
  return lost || behind || (share !== null && share < COMPLETE) ? 'warning' : 'ok';
}

/** The age of the newest record of the source that is furthest behind of those that are; otherwise of the newest of all. */
function secondsBehind(report) {
  const late = report.sources.filter((source) => isBehind(source, report)).map((source) => source.seconds_behind);
  return late.length ? Math.max(...late) : report.total.seconds_behind;
}

/** The source under which imported records are counted. */
const IMPORT = 'import';

/** Whether a source has been silent for much longer than it usually is. What only ever was imported is not expected to go on. */
export function isBehind(source, report) {
  if (source.seconds_behind === null || source.stored === 0 || source.source === IMPORT) return false;
  const seconds = (Date.parse(report.to) - Date.parse(report.from)) / 1000;
  return source.seconds_behind > Math.max(BEHIND_S, GAPS * seconds / source.stored);
}

/** The rows of the table of sources: name, share, and figures as texts. */
export function sourceRows(report) {
  return report.sources.filter((source) => source.received || source.expected || source.refused_requests).map((source) => ({
    name: source.source,
    share: source.completeness === null ? '\u2013' : `${shareText(Math.min(1, source.completeness))} of ${source.expected === null ? 'received' : 'expected'}`,
    isShort: source.completeness !== null && source.completeness < COMPLETE,
    stored: formatCount(source.stored),
    rejected: formatCount(source.rejected),
    late: formatCount(source.late),
    lag: source.lag_p50 === null ? '\u2013' : `${format(source.lag_p50, 's')}, at most ${format(source.lag_max, 's')}`,
    newest: source.seconds_behind === null ? '\u2013' : `${formatAge(source.seconds_behind)} ago`,
    isBehind: isBehind(source, report),
  }));
}
