// Opens, checks and packs a bundle beside the page, which stays quick meanwhile. The contracts come first, by the file
// that forbids them to make functions of text: the policy of the page holds here too.
import { HoldoutError, presentProblem } from '../../api/contracts.js';
import { checkChosen } from './check-chosen.js';
import type { CheckReply, CheckRequest } from './check-in-worker.js';

addEventListener('message', async ({ data }: MessageEvent<CheckRequest>) => {
  postMessage(await check(data));
});

async function check({ chosen, limitBytes }: CheckRequest): Promise<CheckReply> {
  try {
    return { ok: true, bundle: await checkChosen(chosen, limitBytes) };
  } catch (error) {
    if (error instanceof HoldoutError) return { ok: false, problem: presentProblem(error) };
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: presentProblem(new HoldoutError('archive_unreadable', { detail })) };
  }
}
