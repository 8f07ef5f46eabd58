import { competitionQuery } from '../../api/competitions.js';
import { queryClient } from '../../api/query-client.js';
import { phaseBoardPath, windowQuery } from '../../boards/read-board.js';

/** Asks for what the page shows first, while the page itself is on its way. */
export async function prefetchBoard(slug: string): Promise<void> {
  try {
    const { competition, phases } = await queryClient.ensureQueryData(competitionQuery(slug));
    const wanted = new URLSearchParams(location.search).get('phase');
    const phase = phases.find((each) => each.phase === wanted) ?? phases[0];
    if (!phase) return;
    const source = { address: phaseBoardPath(competition, phase.phase), at: null };
    await queryClient.prefetchQuery(windowQuery(source, 0));
  } catch {
    // The page asks again, and says what is wrong.
  }
}
