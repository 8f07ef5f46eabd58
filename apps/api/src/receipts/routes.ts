import { installationKeySchema, signedReceiptSchema } from '@holdout/contracts';
import { readInstallationKey } from '@holdout/db';
import { makeKeyPair, signReceipt } from '@holdout/receipts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { callerOf } from '../authenticate.js';
import { findPhaseOrThrow } from '../competitions/find-phase.js';
import { problemResponse } from '../describe-api.js';
import { findOwnSubmission } from '../submissions/find-own-submission.js';
import { presentSubmission } from '../submissions/present-submission.js';
import { makeReceipt } from './make-receipt.js';

/** Receipts, and the key that they are signed by. */
export const receiptRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.get(
    '/submissions/:id/receipt',
    {
      schema: {
        summary: 'Download the receipt of a score',
        description:
          'What the server vouches for: the bundle, the version of the test set, the scorer and the score as the team ' +
          'sees it, signed by Ed25519 over the canonical JSON (RFC 8785) of `receipt`. `holdout verify` checks it ' +
          'without a server. The same score always gives the same receipt, while the team is told as much of it.',
        tags: ['submissions'],
        params: z.object({ id: z.string().meta({ format: 'uuid' }) }),
        response: { 200: signedReceiptSchema, ...problemResponse },
      },
    },
    async (request, reply) => {
      const submission = await findOwnSubmission(database, callerOf(request), request.params.id);
      // As its team is shown it, for an organiser too.
      const shown = presentSubmission(submission, await findPhaseOrThrow(database, submission), false);
      const receipt = makeReceipt(shown);
      const key = await readInstallationKey(database, makeKeyPair);
      reply.header('content-disposition', `attachment; filename="${submission.id}.receipt.json"`);
      return signReceipt(receipt, key);
    },
  );

  app.get(
    '/installation/key',
    {
      config: { access: 'open' },
      schema: {
        summary: 'Read the public key that receipts are signed by',
        description:
          'Ed25519. `keyId` is the sha256 of its 32 bytes. It is made when it is first asked for, and stays.',
        tags: ['submissions'],
        response: { 200: installationKeySchema, ...problemResponse },
      },
    },
    async () => {
      const { publicKey, keyId } = await readInstallationKey(database, makeKeyPair);
      return { algorithm: 'Ed25519' as const, publicKey, keyId };
    },
  );
};
