import Fastify from 'fastify';

/** A process with one fastify route that sends the same bytes to everybody, and a tag of them; nothing else. */
process.once('message', async ({ body, headers }: { body: string; headers: Record<string, string> }) => {
  const app = Fastify();
  const bytes = Buffer.from(body, 'base64');
  app.get('/*', async (request, reply) => {
    reply.headers(headers);
    return request.headers['if-none-match'] === headers.etag ? reply.code(304).send() : reply.send(bytes);
  });
  process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }));
});
