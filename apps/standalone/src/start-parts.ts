import { setTimeout as sleep } from 'node:timers/promises';
import { apiProgram, evaluatorUrl, prepareDatabase } from '@holdout/api';
import { workerPrograms } from '@holdout/worker';
import { bringBack } from './bring-back.js';
import { type DataDirectory, readOrMakeSecret } from './data-directory.js';
import { keepPostgres } from './keep-postgres.js';
import type { Options } from './options.js';
import { say } from './say.js';
import { type Supervised, supervise } from './supervise.js';

/** A running Holdout: where it listens, and what filling it needs. */
export interface Parts {
  readonly address: string;
  readonly databaseUrl: string;
  readonly storageDirectory: string;
  readonly dataDirectory: string;
}

/** What our processes take from the environment of the command that starts them. */
const inheritedVariables = [
  ...['PATH', 'HOME', 'TZ', 'REDIS_URL'],
  ...['HOLDOUT_SANDBOX', 'HOLDOUT_CONTAINER_ENGINE', 'HOLDOUT_CONTAINER_IMAGE', 'HOLDOUT_CONTAINER_RUNTIME'],
  // OpenTelemetry's own, which say where traces go.
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_HEADERS'],
  ...['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG', 'HOLDOUT_METRICS_HOST'],
  // The bucket, where blobs lie in one, and how the SDK finds credentials where none are given.
  ...['HOLDOUT_S3_BUCKET', 'HOLDOUT_S3_PREFIX', 'HOLDOUT_S3_ENDPOINT', 'HOLDOUT_S3_REGION', 'HOLDOUT_S3_PATH_STYLE'],
  ...['HOLDOUT_S3_ACCESS_KEY_ID', 'HOLDOUT_S3_SECRET_ACCESS_KEY', 'HOLDOUT_S3_SILENCE_SECONDS'],
  ...['HOLDOUT_CACHE_BYTES', 'HOLDOUT_DECODED_BYTES', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  ...['AWS_SESSION_TOKEN', 'AWS_PROFILE'],
  ...['HOLDOUT_SERVES', 'HOLDOUT_MAX_ATTEMPTS', 'HOLDOUT_GPUS'],
  // By these podman and docker find their own.
  ...['XDG_RUNTIME_DIR', 'CONTAINER_HOST', 'DOCKER_HOST'],
];

/** What only the API takes: how people sign in, and how they are reached. */
const accountVariables = [
  ...['HOLDOUT_PUBLIC_URL', 'HOLDOUT_SMTP_URL', 'HOLDOUT_MAIL_FROM', 'HOLDOUT_REQUIRE_TWO_FACTOR'],
  ...['HOLDOUT_OIDC_ISSUER', 'HOLDOUT_OIDC_CLIENT_ID', 'HOLDOUT_OIDC_CLIENT_SECRET'],
  ...[
    'HOLDOUT_OIDC_NAME',
    'HOLDOUT_OIDC_SCOPES',
    'HOLDOUT_OIDC_SECOND_FACTOR',
    'HOLDOUT_TRUSTED_PROXIES',
    'HOLDOUT_READS_PER_MINUTE',
  ],
  ...['HOLDOUT_UPLOADS_PER_MINUTE', 'HOLDOUT_HEAT_MAP_REQUESTS_PER_MINUTE'],
  ...['HOLDOUT_SIGN_INS_PER_MINUTE', 'HOLDOUT_SIGN_INS_PER_ACCOUNT'],
];

const databaseName = 'holdout';
const readyTimeoutSeconds = 60;

/**
 * Starts Postgres, migrates, and starts the API and both workers as processes of their own.
 *
 * @param log - receives each line that a part prints
 * @param closers - gets the function that stops each part, in the order of their start
 */
export async function startParts(
  options: Options,
  directory: DataDirectory,
  log: (line: string) => void,
  closers: (() => Promise<void>)[],
): Promise<Parts> {
  say('Starting Postgres …');
  const postgres = await keepPostgres({ directory: directory.postgres, say, log });
  closers.push(postgres.stop);
  await postgres.ensureDatabase(databaseName);
  const databaseUrl = postgres.url(databaseName);
  const evaluatorPassword = await readOrMakeSecret(directory.root, 'evaluator-password');
  if (options.restore !== undefined) {
    await bringBack(options.restore, { databaseUrl, storageDirectory: directory.storage, evaluatorPassword });
  }
  await prepareDatabase({ databaseUrl, evaluatorPassword });

  say('Starting the API, an evaluating worker and a scoring worker …');
  const inherited = Object.fromEntries(inheritedVariables.map((name) => [name, process.env[name]]));
  const shared = {
    ...inherited,
    HOLDOUT_STORAGE_DIRECTORY: directory.storage,
    HOLDOUT_LOG_LEVEL: process.env.HOLDOUT_LOG_LEVEL ?? 'info',
  };
  const asOwner = { ...shared, HOLDOUT_DATABASE_URL: databaseUrl };
  // Ctrl-C is to end everything now; what is under way goes on at the next start.
  const worker = { ...shared, HOLDOUT_SCRATCH_DIRECTORY: directory.scratch, HOLDOUT_DRAIN_SECONDS: '0' };
  // The process that runs teams' bundles is never given the owner's connection.
  const decoded = { HOLDOUT_DECODED_DIRECTORY: directory.decoded };
  const asEvaluator = { ...worker, ...decoded, HOLDOUT_DATABASE_URL: evaluatorUrl(databaseUrl, evaluatorPassword) };
  const listen = {
    HOLDOUT_HOST: options.host,
    HOLDOUT_PORT: String(options.port),
    HOLDOUT_AUTH_SECRET: process.env.HOLDOUT_AUTH_SECRET ?? (await readOrMakeSecret(directory.root, 'auth-secret')),
    ...Object.fromEntries(accountVariables.map((name) => [name, process.env[name]])),
  };
  const programs = [
    { name: 'scoring worker', module: workerPrograms.score, environment: { ...worker, ...asOwner, ...metricsAt(1) } },
    { name: 'evaluating worker', module: workerPrograms.evaluate, environment: { ...asEvaluator, ...metricsAt(2) } },
    { name: 'API', module: apiProgram, environment: { ...asOwner, ...listen, ...metricsAt(0) } },
  ];
  const tail = keepTail(log);
  const supervised: Supervised[] = programs.map((program) => supervise(program, say, tail.line));
  closers.push(async () => {
    await Promise.all(supervised.map((program) => program.stop()));
  });

  const address = `http://${options.host === '0.0.0.0' ? '127.0.0.1' : options.host}:${options.port}`;
  await waitUntilReady(address, tail.read);
  return { address, databaseUrl, storageDirectory: directory.storage, dataDirectory: directory.root };
}

/** Three processes on one machine: each serves its metrics at a port of its own, from the one that was asked for. */
function metricsAt(place: number): NodeJS.ProcessEnv {
  const asked = process.env.HOLDOUT_METRICS_PORT;
  if (asked === undefined || asked === '') return {};
  const port = Number(asked);
  // What is no number goes on as it is: the program says what is wrong with it.
  return { HOLDOUT_METRICS_PORT: Number.isInteger(port) && port > 0 ? String(port + place) : asked };
}

async function waitUntilReady(address: string, lastLines: () => string): Promise<void> {
  const deadline = performance.now() + readyTimeoutSeconds * 1000;
  while (performance.now() < deadline) {
    const ready = await fetch(`${address}/api/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await sleep(50);
  }
  throw new Error(`The API was not ready after ${readyTimeoutSeconds} s. The last lines of the log:\n${lastLines()}`);
}

/** Passes lines on and remembers the last few, for the sentence that says why a start failed. */
function keepTail(log: (line: string) => void) {
  const lines: string[] = [];
  return {
    line(line: string) {
      log(line);
      lines.push(line);
      if (lines.length > 20) lines.shift();
    },
    read: () => lines.join('\n'),
  };
}
