/** What the standalone start asks of its own API, as any team would. */
export interface HttpClient {
  /** GET that answers with JSON. */
  get(path: string): Promise<unknown>;
  /** POST of an archive. */
  upload(path: string, archive: Uint8Array): Promise<unknown>;
}

/**
 * A client of the API at `address`, with a team's token.
 *
 * @throws Error with the server's own sentence where the answer is not a success.
 */
export function createHttpClient(address: string, token?: string): HttpClient {
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  return {
    get: async (path) => await readAnswer(await fetch(address + path, { headers })),
    upload: async (path, archive) =>
      await readAnswer(
        await fetch(address + path, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/octet-stream' },
          body: archive,
        }),
      ),
  };
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
