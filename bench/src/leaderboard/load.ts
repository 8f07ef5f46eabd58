import autocannon from 'autocannon';

/** What one spell of requests found. */
export interface LoadResult {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export interface Load {
  url: string;
  headers: Record<string, string>;
  connections: number;
  seconds: number;
  /** Every answer must have it. */
  status: number;
}

/** A process that asks as fast as it is answered, so that asking does not share a thread with anything measured. */
process.on('message', async ({ url, headers, connections, seconds, status }: Load) => {
  const result = await autocannon({ url, headers, connections, duration: seconds });
  const { requests, latency, errors, timeouts, statusCodeStats } = result;
  const other = Object.keys(statusCodeStats ?? {}).filter((code) => code !== String(status));
  if (errors + timeouts > 0 || other.length > 0 || requests.total === 0) {
    throw new Error(
      `${url}: ${errors} errors, ${timeouts} timeouts, other answers than ${status}: ${other.join() || 'none'}`,
    );
  }
  const found: LoadResult = { requestsPerSecond: requests.average, p50Ms: latency.p50, p99Ms: latency.p99 };
  process.send?.(found);
});
