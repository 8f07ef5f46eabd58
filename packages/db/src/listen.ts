import { setTimeout as sleep } from 'node:timers/promises';
import { HoldoutError, type SubmissionState, submissionStateSchema } from '@holdout/contracts';
import pg from 'pg';

/** What is said when an evaluation changed; whoever hears it reads the truth for themselves. */
export interface EvaluationChange {
  readonly evaluationId: string;
  readonly submissionId: string;
  readonly phaseId: string;
  /** Where no board changes by it: of its progress, its log, or a state that is not its last. */
  readonly progress?: true;
  /** Where it is the state that changed. */
  readonly state?: SubmissionState;
}

export interface Listener {
  /**
   * Resolves when every change that was committed before the call has been told.
   *
   * @throws Error where the connection is broken, so that changes may be missed
   */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

interface ListenOptions {
  /** A connection that does not answer for this long, asked as often, is taken for broken. */
  aliveSeconds?: number;
  /** Called after a break: changes may have been missed in the meantime. */
  onReconnected?: () => void;
}

const channel = 'holdout_events';
const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 5_000;
const defaultAliveSeconds = 15;
const goodbyeMilliseconds = 1_000;

/**
 * Hears every change of an evaluation, on a connection of its own, which is made again for as long as it takes.
 *
 * @returns once the first connection listens
 * @throws HoldoutError `database_unavailable` where that one can't be made
 */
export async function listen(
  url: string,
  onChange: (change: EvaluationChange) => void,
  { aliveSeconds = defaultAliveSeconds, onReconnected }: ListenOptions = {},
): Promise<Listener> {
  const closing = new AbortController();
  let connection: Connection;
  try {
    connection = await connect(url, onChange, aliveSeconds);
  } catch (cause) {
    throw new HoldoutError('database_unavailable', { cause });
  }
  const keepConnected = async () => {
    while (!closing.signal.aborted) {
      await connection.broken;
      if (closing.signal.aborted) return;
      const next = await reconnect(() => connect(url, onChange, aliveSeconds), closing.signal);
      if (!next) return;
      connection = next;
      onReconnected?.();
    }
  };
  const kept = keepConnected();
  return {
    caughtUp: () => connection.caughtUp(),
    async close() {
      closing.abort();
      await connection.end();
      await kept;
      // A connection may have been made while we were closing.
      await connection.end();
    },
  };
}

interface Connection {
  /** Settles when the connection has gone, whoever ended it. */
  readonly broken: Promise<void>;
  caughtUp(): Promise<void>;
  end(): Promise<void>;
}

async function connect(
  url: string,
  onChange: (change: EvaluationChange) => void,
  aliveSeconds: number,
): Promise<Connection> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'holdout-listen',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: aliveSeconds * 1000,
  });
  let breakOff = () => {};
  const broken = new Promise<void>((resolve) => {
    breakOff = resolve;
  });
  client.on('error', breakOff);
  client.on('end', breakOff);
  client.on('notification', ({ payload }) => {
    const change = readChange(payload);
    if (change) onChange(change);
  });
  try {
    await client.connect();
    await client.query(`LISTEN ${channel}`);
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
  // A network that was cut says nothing by itself: ask now and then.
  const alive = setInterval(() => client.query('SELECT 1').catch(() => breakOff()), aliveSeconds * 1000);
  alive.unref();
  const end = async () => {
    clearInterval(alive);
    breakOff();
    // Over a network that was cut, the server's goodbye never comes.
    const goodbye = client.end().catch(() => {});
    await Promise.race([goodbye, sleep(goodbyeMilliseconds, undefined, { ref: false })]);
  };
  void broken.then(end);
  const caughtUp = async () => {
    // Postgres signals its listeners before it answers a commit, and a listener's notifications go out before the
    // answer to its query: https://www.postgresql.org/docs/current/sql-notify.html
    await client.query('SELECT 1');
  };
  return { broken, caughtUp, end };
}

async function reconnect(attempt: () => Promise<Connection>, signal: AbortSignal): Promise<Connection | null> {
  let pauseMilliseconds = firstPauseMilliseconds;
  while (!signal.aborted) {
    try {
      return await attempt();
    } catch {
      // Waiting ends early, without complaint, when the listener is closed.
      await sleep(pauseMilliseconds, undefined, { signal }).catch(() => {});
      pauseMilliseconds = Math.min(pauseMilliseconds * 2, longestPauseMilliseconds);
    }
  }
  return null;
}

/** Anyone with the database's password can notify: what is not a change is passed over. */
function readChange(payload: string | undefined): EvaluationChange | null {
  try {
    const { evaluationId, submissionId, phaseId, progress, state } = JSON.parse(payload ?? '');
    const known = [evaluationId, submissionId, phaseId].every((id) => typeof id === 'string');
    if (!known) return null;
    const facts = {
      ...(progress === true ? { progress } : {}),
      ...(submissionStateSchema.safeParse(state).success ? { state } : {}),
    };
    return { evaluationId, submissionId, phaseId, ...facts };
  } catch {
    return null;
  }
}
