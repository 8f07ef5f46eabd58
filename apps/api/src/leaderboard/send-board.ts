import type { FastifyReply, FastifyRequest } from 'fastify';
import { matchesEtag } from '../matches-etag.js';
import type { PreparedBoard } from './prepared-board.js';

/**
 * Sends a board as it was prepared, compressed where the caller takes that, or 304 where the caller has it. Each of the
 * two forms has a tag of its own, as RFC 9110 asks of strong ones; who has the one has the other.
 */
export async function sendBoard(
  request: FastifyRequest,
  reply: FastifyReply,
  board: PreparedBoard,
): Promise<FastifyReply> {
  const { version } = board;
  const compressed = board.isWorthCompressing && acceptsGzip(request.headers['accept-encoding']);
  const tags = [`"${version}"`, `"${version}-gzip"`] as const;
  reply
    .header('etag', tags[compressed ? 1 : 0])
    .header('cache-control', 'no-cache')
    .header('vary', 'accept-encoding');
  if (matchesEtag(request.headers['if-none-match'], tags)) return reply.code(304).send();
  reply.type('application/json; charset=utf-8');
  if (!compressed) return reply.send(board.json);
  const body = await board.gzipped();
  return reply.header('content-encoding', 'gzip').send(body);
}

/** A coding that is named goes before `*`; a weight of 0 refuses it. */
function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = String(header ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.split(';').map((part) => part.trim()));
  const found = codings.find(([name]) => name === 'gzip') ?? codings.find(([name]) => name === '*');
  return found !== undefined && !found.some((part) => /^q=0(\.0*)?$/.test(part));
}
