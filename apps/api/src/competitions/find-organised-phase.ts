import type { Database, PhaseRecord } from '@holdout/db';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../authenticate.js';
import { organiserOf } from '../caller.js';
import { findPhaseOrThrow } from './find-phase.js';

type PhaseRequest = FastifyRequest<{ Params: { competition: string; phase: string } }>;

/**
 * The phase that an address names, and whom the audit log is to name, for what only its organisers may do.
 *
 * @throws HoldoutError as `findPhaseOrThrow` and `organiserOf`
 */
export async function findOrganisedPhase(
  database: Database,
  request: PhaseRequest,
): Promise<{ phase: PhaseRecord; actor: string }> {
  const phase = await findPhaseOrThrow(database, request.params);
  return { phase, actor: organiserOf(callerOf(request), phase).actor };
}
