import { FastifyOtelInstrumentation } from '@fastify/otel';
import type { FastifyInstance } from 'fastify';

/** What is asked every few seconds, for hours, would bury the rest. */
const untraced = ['/api/health', '/api/health/live'];

/** Gives each request a span, which goes on the trace that its caller may have begun (W3C `traceparent`). */
export async function traceRequests(app: FastifyInstance): Promise<void> {
  const instrumentation = new FastifyOtelInstrumentation({
    ignorePaths: ({ url }) => untraced.includes(url),
    // A span a request: what goes on in it is a matter of milliseconds, and of the log.
    instrumentHooks: false,
    instrumentHandler: false,
  });
  await app.register(instrumentation.plugin());
}
