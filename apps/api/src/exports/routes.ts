import { insertAudit } from '@holdout/db';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RouteParts } from '../app.js';
import { findOrganisedPhase } from '../competitions/find-organised-phase.js';
import { problemResponse } from '../describe-api.js';
import { boardColumns, exportBoard } from './export-board.js';
import { exportResults, resultColumns } from './export-results.js';
import { type Row, writeCsv, writeJson } from './write-rows.js';

const params = z.object({ competition: z.string(), phase: z.string() });
const querystring = z.object({ format: z.enum(['csv', 'json']).default('json') });
const table = { 'application/json': { schema: z.unknown() }, 'text/csv': { schema: z.string() } };

/** What organisers take away: tables of the whole board, and of every study. */
export const exportRoutes: FastifyPluginAsyncZod<{ parts: RouteParts }> = async (app, { parts }) => {
  const { database } = parts;

  app.get(
    '/competitions/:competition/phases/:phase/export/leaderboard',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Export the leaderboard',
        description: 'For organisers: every entry with exact values, as a JSON array or as CSV.',
        tags: ['organisers'],
        params,
        querystring,
        response: { 200: { description: 'A row for each entry.', content: table }, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { phase } = await findOrganisedPhase(database, request);
      const { format } = request.query;
      return reply
        .headers(describeFile(`${phase.competition}-${phase.slug}-leaderboard`, format))
        .send(write(format, boardColumns(phase), exportBoard(database, phase)));
    },
  );

  app.get(
    '/competitions/:competition/phases/:phase/export/results',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'Export what every entry said of every study',
        description: 'For organisers, since it tells labels; that it was read is in the audit log.',
        tags: ['organisers'],
        params,
        querystring,
        response: { 200: { description: 'A row for each entry and study.', content: table }, ...problemResponse },
      },
    },
    async (request, reply) => {
      const { phase, actor } = await findOrganisedPhase(database, request);
      const { competitionId, slug: subject, testSetDigest: version } = phase;
      // Written before anything is sent: no look without its line.
      const audit = { actor, action: 'results.export', competitionId, subject, before: null, after: { version } };
      await insertAudit(database, audit);
      const { format } = request.query;
      return reply
        .headers(describeFile(`${phase.competition}-${phase.slug}-results`, format))
        .send(write(format, resultColumns, exportResults(parts, phase)));
    },
  );
};

function describeFile(name: string, format: 'csv' | 'json') {
  return {
    'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.${format}"`,
  };
}

function write(format: 'csv' | 'json', columns: readonly string[], rows: AsyncIterable<Row>) {
  return format === 'csv' ? writeCsv(columns, rows) : writeJson(rows);
}
