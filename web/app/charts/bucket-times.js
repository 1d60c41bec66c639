// The times of a bucketed answer without its values: for charts that read the values themselves. Pure.

/** `{from, to, times, ends, openIndex}` as in answer.js, of an answer that has one row a bucket. */
export function bucketTimes(answer) {
  const [from, to] = [Date.parse(answer.from), Date.parse(answer.to)];
  const times = answer.rows.map((row) => row[0]);
  const width = answer.every_seconds ? answer.every_seconds * 1000 : times.length > 1 ? times[times.length - 1] - times[times.length - 2] : to - (times[0] ?? 0);
  const ends = times.map((time, index) => times[index + 1] ?? time + width);
  const openFrom = answer.completeness?.open_from ? Date.parse(answer.completeness.open_from) : Infinity;
  const open = ends.findIndex((end) => end > Math.min(openFrom, to));
  return { from, to, times, ends, openIndex: open < 0 ? times.length : open };
}
