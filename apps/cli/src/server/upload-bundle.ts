import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { type Submission, submissionSchema } from '@holdout/contracts';
import type { Config } from '../config.js';
import { authorise, explainUnreachable, parseAnswer, readProblem } from './request.js';

interface Upload {
  competition: string;
  phase: string;
  archive: string;
  onProgress: (sentBytes: number) => void;
}

/**
 * Sends an archive from disk, without holding it in memory. A refusal may come before all is sent: then it is what
 * counts, not the broken pipe.
 *
 * @throws ServerProblem with every reason why the bundle is refused
 */
export async function uploadBundle(
  config: Config,
  { competition, phase, archive, onProgress }: Upload,
): Promise<Submission> {
  const { size } = await stat(archive);
  const address = `${config.server}/api/competitions/${encodeURIComponent(competition)}/phases/${encodeURIComponent(phase)}/submissions`;
  const send = address.startsWith('https:') ? requestHttps : requestHttp;
  const request = send(address, {
    method: 'POST',
    headers: { ...authorise(config), 'content-type': 'application/octet-stream', 'content-length': size },
  });
  const answer = new Promise<{ status: number; text: string }>((done, fail) => {
    request.once('error', fail);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => done({ status: response.statusCode ?? 0, text }));
      response.once('error', fail);
    });
  });
  const file = createReadStream(archive);
  let sentBytes = 0;
  file.on('data', (chunk) => {
    sentBytes += chunk.length;
    onProgress(sentBytes);
  });
  // Where the sending breaks, the answer decides: it may hold the reason.
  pipeline(file, request).catch(() => {});
  const { status, text } = await answer.catch((cause: unknown) => {
    throw explainUnreachable(config, cause);
  });
  if (status !== 201) throw readProblem(config, status, text);
  return parseAnswer(config, submissionSchema, text);
}
