import { pino } from 'pino';
import { readConfig } from './config.js';
import { startServer } from './start-server.js';

/** A stop that takes longer than this has failed. */
const stopTimeoutMilliseconds = 15_000;

try {
  const config = readConfig();
  const logger = pino({ name: 'api', level: config.logLevel, redact: redactedPaths() });
  const server = await startServer(config, logger);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'stopping');
      setTimeout(() => process.exit(1), stopTimeoutMilliseconds).unref();
      void server.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error({ err: error }, 'the stop failed');
          process.exit(1);
        },
      );
    });
  }
} catch (error) {
  // Before there is a logger, and for an operator at a terminal: a sentence, not a stack.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** Tokens must not reach a log, whatever is logged one day. */
function redactedPaths(): string[] {
  const headers = ['headers.authorization', 'headers.cookie', 'req.headers.authorization', 'req.headers.cookie'];
  return [...headers, 'authorization', 'token', '*.token'];
}
