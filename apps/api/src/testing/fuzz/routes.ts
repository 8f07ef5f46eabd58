import { z } from 'zod';

type Schema = Record<string, unknown>;

/** A route of the OpenAPI document. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** Names of what may stand behind the `?`. */
  readonly queryNames: readonly string[];
  /** Of its JSON body, where it takes one, without references. */
  readonly body: Schema | null;
  readonly takesArchive: boolean;
}

const operationSchema = z.looseObject({
  parameters: z.array(z.looseObject({ in: z.string(), name: z.string() })).default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) }).optional(),
});
const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

/** Every route that a server's OpenAPI document names. */
export function readRoutes(document: unknown): Route[] {
  const { paths, components } = documentSchema.parse(document);
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters, requestBody }]) => {
      const schema = requestBody?.content['application/json']?.schema;
      return {
        method: method.toUpperCase(),
        path,
        queryNames: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
        body: schema === undefined ? null : (resolve(schema, components.schemas) as Schema),
        takesArchive: method === 'post' && /\/(submissions|import|starter-bundles)$/.test(path),
      };
    }),
  );
}

function resolve(schema: unknown, known: Schema, depth = 0): unknown {
  if (Array.isArray(schema)) return schema.map((item) => resolve(item, known, depth + 1));
  if (typeof schema !== 'object' || schema === null || depth > 30) return schema;
  const reference = (schema as { $ref?: unknown }).$ref;
  if (typeof reference === 'string') return resolve(known[reference.split('/').at(-1) ?? ''], known, depth + 1);
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, resolve(value, known, depth + 1)]));
}

/** A value that a JSON schema allows, or nearly so: formats and patterns are guessed. */
export function exampleOf(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return {};
  const given = schema as { [key: string]: unknown; properties?: Schema };
  if ('const' in given) return given.const;
  if (Array.isArray(given.enum)) return given.enum[0];
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const options = given[key];
    if (Array.isArray(options)) return exampleOf(options[0]);
  }
  switch (given.type) {
    case 'object': {
      const fields = Object.entries(given.properties ?? {}).map(([key, value]) => [key, exampleOf(value)]);
      return Object.fromEntries(fields);
    }
    case 'array':
      return [exampleOf(given.items)];
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return exampleText(given);
  }
}

function exampleText({ format, minLength }: { [key: string]: unknown; format?: unknown; minLength?: unknown }): string {
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'email') return 'someone@example.org';
  if (format === 'uri') return 'https://example.org/';
  return 'practice'.padEnd(typeof minLength === 'number' ? minLength : 0, 'x');
}
