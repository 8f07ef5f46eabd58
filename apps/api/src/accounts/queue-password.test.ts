import { setTimeout as sleep } from 'node:timers/promises';
import { problemSchema } from '@holdout/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, password } from '../testing/browser.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ environment: { HOLDOUT_SIGN_INS_PER_MINUTE: '0' } });
});
afterAll(() => server.close());

const signUp = (name: string) =>
  openBrowser(server).send('POST', '/api/auth/sign-up/email', { name, email: `${name}@example.org`, password });

it('leaves the others connections when many sign up at once, and refuses whom it can’t answer soon', async () => {
  let mostOpen = 0;
  let hasEnded = false;
  const watch = async () => {
    while (!hasEnded) {
      const connections = await server.database
        .selectFrom('pgStatActivity' as 'users')
        .select(['state' as 'name'])
        .where('applicationName' as 'name', '=', 'holdout-api')
        .execute();
      const open = connections.filter((each) => JSON.stringify(each).includes('idle in transaction'));
      mostOpen = Math.max(mostOpen, open.length);
      expect((await server.request('/api/competitions')).status).toBe(200);
      await sleep(100);
    }
  };
  const watching = watch();
  const answers = await Promise.all(Array.from({ length: 120 }, (_, place) => signUp(`person-${place}`)));
  hasEnded = true;
  await watching;
  expect(mostOpen).toBeGreaterThan(0);
  expect(mostOpen).toBeLessThanOrEqual(3);
  const refused = answers.filter(({ status }) => status !== 200);
  // The three that are answered, and all that may wait.
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(43);
  expect(refused.length).toBeGreaterThan(0);
  for (const response of refused) {
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(problemSchema.parse(await response.json()).code).toBe('server_busy');
  }
}, 240_000);
