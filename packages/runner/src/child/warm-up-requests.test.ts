import { expect, it } from 'vitest';
import { warmUpRequests } from './warm-up-requests.js';

it('reads requests that a model’s process would accept', () => {
  expect(warmUpRequests).not.toThrow();
});
