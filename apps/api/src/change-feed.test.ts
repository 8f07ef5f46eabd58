import { describe, expect, it } from 'vitest';
import { ChangeFeed, ChangeWait } from './change-feed.js';

const change = { evaluationId: 'e', submissionId: 's', phaseId: 'p' };

function waitFor(feed: ChangeFeed, controller = new AbortController()) {
  return new ChangeWait(feed, (found) => found.submissionId === 's', controller.signal);
}

describe('waiting for a change', () => {
  it('ends with the change', async () => {
    const feed = new ChangeFeed();
    const wait = waitFor(feed);
    const changed = wait.next(60);
    feed.publish(change);
    expect(await changed).toBe(true);
  });

  it('remembers a change that came between two waits, once', async () => {
    const feed = new ChangeFeed();
    const wait = waitFor(feed);
    feed.publish(change);
    feed.publish(change);
    expect(await wait.next(60)).toBe(true);
    expect(await wait.next(0.01)).toBe(false);
  });

  it('ignores the changes of others', async () => {
    const feed = new ChangeFeed();
    const wait = waitFor(feed);
    feed.publish({ ...change, submissionId: 'another' });
    expect(await wait.next(0.01)).toBe(false);
  });

  it('takes changes that may have been missed for its own', async () => {
    const feed = new ChangeFeed();
    const wait = waitFor(feed);
    feed.publish(null);
    expect(await wait.next(60)).toBe(true);
  });

  it('ends when its reader leaves, and is forgotten', async () => {
    const feed = new ChangeFeed();
    const controller = new AbortController();
    const wait = waitFor(feed, controller);
    const changed = wait.next(60);
    controller.abort();
    expect(await changed).toBe(false);
    expect(feed.size).toBe(1);
    wait.close();
    expect(feed.size).toBe(0);
  });
});
