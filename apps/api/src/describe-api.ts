import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import {
  competitionListSchema,
  competitionSchema,
  healthSchema,
  leaderboardSchema,
  problemSchema,
  submissionEventSchema,
  submissionListSchema,
  submissionSchema,
} from '@holdout/contracts';
import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { referencePolicy } from './content-security.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Says in the reference that the body is an archive; such a body is streamed, so no schema checks it. */
    takesArchive?: true;
  }
}

/** The archive as the body: the content types that are streamed as they come. */
export const archiveContentTypes = [
  'application/octet-stream',
  'application/zip',
  'application/x-zip-compressed',
  'application/gzip',
  'application/x-gzip',
  'application/x-tar',
] as const;

const named = z.registry<{ id: string }>();
named.add(competitionSchema, { id: 'Competition' });
named.add(competitionListSchema, { id: 'CompetitionList' });
named.add(submissionSchema, { id: 'Submission' });
named.add(submissionListSchema, { id: 'SubmissionList' });
named.add(submissionEventSchema, { id: 'SubmissionEvent' });
named.add(leaderboardSchema, { id: 'Leaderboard' });
named.add(healthSchema, { id: 'Health' });
named.add(problemSchema, { id: 'Problem' });

/** What every route may answer instead: the part of a route's `response` that is the same everywhere. */
export const problemResponse = {
  default: {
    description: 'A problem: the catalogue’s code, what happened, and what to do next.',
    content: { 'application/problem+json': { schema: problemSchema } },
  },
};

/** The body of a stream of server-sent events, of which the reference can only tell the description. */
export function eventStreamResponse(description: string) {
  return { 200: { description, content: { 'text/event-stream': { schema: z.string() } } } };
}

/** Writes the OpenAPI document from the routes' schemas. Routes that are registered before this are not in it. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  const transform = createJsonSchemaTransform({ schemaRegistry: named });
  const transformObject = createJsonSchemaTransformObject({ schemaRegistry: named });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Holdout',
        version: '1',
        description:
          'A competition server for models judged on data that their makers never see. Every error is ' +
          '`application/problem+json` with a stable `code`, and says what to do next.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A token: your own, or a team’s.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'holdout.session_token',
            description: 'A person who is signed in.',
          },
        },
      },
    },
    transform: (document) => {
      const { schema, url } = transform(document);
      const { config } = document.route;
      const security = describeSecurity(config);
      return { url, schema: { ...schema, security, ...(config?.takesArchive ? { body: archiveBody() } : {}) } };
    },
    transformObject: (document) => withoutInputTwins(transformObject(document)),
  });
}

/** The reference as a page. Its scripts and styles come from this server, and it asks no other. */
export async function serveReference(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: referencePolicy,
    uiConfig: {
      url: '/api/openapi.json',
      validatorUrl: null,
      docExpansion: 'list',
      deepLinking: true,
      layout: 'BaseLayout',
    },
    theme: { title: 'Holdout: API reference' },
  });
}

function describeSecurity(config: FastifyContextConfig | undefined): Record<string, string[]>[] {
  if (config?.access === 'open') return [];
  const session = { session: [] };
  if (config?.by === 'person') return [session];
  // An empty one says that it may be left out.
  return [...(config?.access === 'anyone' ? [{}] : []), { token: [] }, session];
}

type ApiDocument = ReturnType<ReturnType<typeof createJsonSchemaTransformObject>>;

/** The generator describes each named schema also as an input. Ours are only ever answers. */
function withoutInputTwins(document: ApiDocument): ApiDocument {
  const schemas = ('components' in document && document.components?.schemas) || {};
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name];
  return document;
}

function archiveBody() {
  const binary = { schema: { type: 'string', format: 'binary' } };
  const form = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      description: { type: 'string' },
      link: { type: 'string' },
      bundle: { type: 'string', format: 'binary' },
    },
    required: ['bundle'],
  };
  return {
    content: {
      ...Object.fromEntries(archiveContentTypes.map((contentType) => [contentType, binary])),
      'multipart/form-data': { schema: form },
    },
  };
}
