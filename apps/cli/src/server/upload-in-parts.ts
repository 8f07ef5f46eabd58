import { HoldoutError, type Submission, submissionSchema } from '@holdout/contracts';
import { CommandError } from '../command-error.js';
import type { ServerConfig } from '../config.js';
import { KeptUpload } from './kept-upload.js';
import { Patience } from './patience.js';
import { authorise, explainUnreachable, readProblem, requestJson } from './request.js';
import { sendFile } from './send-file.js';
import type { BundleUpload } from './upload-bundle.js';

const answerTimeoutMilliseconds = 60_000;
const farewellMilliseconds = 2000;
const protocol = { 'tus-resumable': '1.0.0' };

/**
 * Sends an archive by the tus protocol. Where the connection breaks, or the server is started anew, it asks how much has
 * arrived and goes on from there, also where an earlier command began to send the same bytes and was ended; and it asks
 * for the result until it has it, which makes no second submission.
 *
 * @param path - where uploads are begun
 * @param words - what is said of the submission: `name`, `stopOnWarning`
 * @throws CommandError with every reason why the server refused it
 */
export async function uploadInParts(
  config: ServerConfig,
  upload: BundleUpload,
  path: string,
  words: Readonly<Record<string, string>>,
): Promise<Submission> {
  const { signal, onConnection } = upload;
  const patience = new Patience({ signal, onConnection });
  const { server } = config;
  const kept = await KeptUpload.open(upload.uploadsDirectory, { ...upload, server, path, words });
  const { location, arrivedBytes } = await patience.keepTrying(
    async () => (await goOn(config, upload, kept)) ?? (await begin(config, upload, path, words)),
  );
  await kept.keep(location);
  try {
    for (let offset = arrivedBytes; offset < upload.sizeBytes; ) {
      try {
        offset = await sendRest(config, upload, location, offset);
        patience.heard();
      } catch (error) {
        patience.lost(error);
        await patience.pause();
        offset = await patience.keepTrying(() => readOffset(config, location, signal));
      }
    }
    const result = `/api/uploads/${location.split('/').at(-1)}/result`;
    const submission = await patience.keepTrying(() =>
      requestJson(config, { path: result, schema: submissionSchema, signal }),
    );
    await kept.forget();
    return submission;
  } catch (error) {
    if (signal.aborted) await giveUp(config, location);
    if (!isForLater(error)) await kept.forget();
    throw error;
  }
}

interface Begun {
  /** The path that parts are sent to. */
  readonly location: string;
  readonly arrivedBytes: number;
}

/** @returns null where no earlier command began it, or the server has it no more */
async function goOn(
  config: ServerConfig,
  { signal, onResumed }: BundleUpload,
  kept: KeptUpload,
): Promise<Begun | null> {
  const location = await kept.find();
  if (location === null) return null;
  try {
    const arrivedBytes = await readOffset(config, location, signal);
    onResumed(arrivedBytes);
    return { location, arrivedBytes };
  } catch (error) {
    if (!(error instanceof HoldoutError) || error.code !== 'upload_not_found') throw error;
    await kept.forget();
    return null;
  }
}

/** The server has what came, and goes on with it once its caller, or its operator, has done something. */
function isForLater(error: unknown): boolean {
  const later = ['rules_changed', 'storage_full', 'token_missing', 'token_unknown'];
  return error instanceof CommandError && (error.passing || later.includes(error.problem.code));
}

async function begin(
  config: ServerConfig,
  { archive, sizeBytes, signal }: BundleUpload,
  path: string,
  words: Readonly<Record<string, string>>,
): Promise<Begun> {
  const metadata = Object.entries({ filename: archive.split(/[\\/]/).at(-1) ?? '', ...words });
  const pairs = metadata.map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  const headers = { 'upload-length': String(sizeBytes), 'upload-metadata': pairs.join(',') };
  const response = await ask(config, path, { method: 'POST', headers, signal });
  const location = response.headers.get('location');
  if (location !== null) return { location: new URL(location, config.server + path).pathname, arrivedBytes: 0 };
  throw new CommandError({
    code: 'answer_unexpected',
    title: `${config.server} began an upload and did not say where.`,
    next: 'Check that nothing between here and the server takes headers away.',
  });
}

/** @returns how much is there then */
async function sendRest(config: ServerConfig, upload: BundleUpload, path: string, offset: number): Promise<number> {
  const headers = {
    ...protocol,
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
  };
  const {
    status,
    headers: answered,
    text,
  } = await sendFile(config, upload, { method: 'PATCH', path, headers, offset });
  if (status >= 200 && status <= 299) return Number(answered['upload-offset']);
  const problem = readProblem(config, status, text);
  // The server has more, or less, than was thought: it is asked.
  if (problem.problem.code === 'upload_offset_wrong') return await readOffset(config, path, upload.signal);
  throw stopWhereFull(problem);
}

async function readOffset(config: ServerConfig, path: string, signal: AbortSignal): Promise<number> {
  const { headers } = await ask(config, path, { method: 'HEAD', signal });
  return Number(headers.get('upload-offset'));
}

/** Nothing is left behind of what was stopped. Where that can't be said in time, the server removes it after a day. */
async function giveUp(config: ServerConfig, path: string): Promise<void> {
  const signal = AbortSignal.timeout(farewellMilliseconds);
  await ask(config, path, { method: 'DELETE', signal }).catch(() => {});
}

interface Question {
  readonly method: 'POST' | 'HEAD' | 'DELETE';
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(config: ServerConfig, path: string, { method, signal, headers }: Question): Promise<Response> {
  const timeout = AbortSignal.timeout(answerTimeoutMilliseconds);
  const options = { method, headers: { ...authorise(config), ...protocol, ...headers } };
  try {
    const response = await fetch(config.server + path, { ...options, signal: AbortSignal.any([signal, timeout]) });
    if (response.ok) return response;
    // The answer to a HEAD has no body to say it in.
    if (method === 'HEAD' && (response.status === 404 || response.status === 410))
      throw new HoldoutError('upload_not_found');
    throw stopWhereFull(readProblem(config, response.status, await response.text()));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CommandError || error instanceof HoldoutError) throw error;
    throw explainUnreachable(config, error);
  }
}

/** A disk that is full stays so for longer than a command should wait. */
function stopWhereFull(error: CommandError): CommandError {
  return error.problem.code === 'storage_full' ? new CommandError({ ...error.problem, passing: false }) : error;
}
