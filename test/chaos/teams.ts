import { setTimeout as sleep } from 'node:timers/promises';
import type { BundleKind, Bundles } from './bundles.js';
import { followEvents } from './follow-events.js';
import { createPatientClient, type PatientClient } from './patient-client.js';
import type { Random } from './random.js';
import { uploadAtOnce, uploadInParts } from './upload.js';

export interface Team {
  readonly team: string;
  readonly token: string;
}

/** A submission that the server has said it has. */
export interface Accepted {
  readonly id: string;
  /** No other has it. */
  readonly name: string;
  readonly team: string;
  readonly kind: BundleKind;
  readonly way: 'at once' | 'in parts';
  readonly cancelled: boolean;
  /** The events that its team saw, to the last. */
  events: readonly number[] | null;
}

interface Site {
  readonly addresses: readonly string[];
  /** The path of the phase. */
  readonly phase: string;
  readonly bundles: Bundles;
  readonly teams: readonly Team[];
}

/** What each team enters at one time. */
const atOnce = 2;
const kinds: readonly BundleKind[] = ['model', 'program', 'model', 'program', 'broken'];
/** … and one more, at a time when other lines wait: a large bundle over a thin line, about a second for each part. */
const pieceMilliseconds = 60;
const cancelledShare = 0.15;

/** Teams that submit and follow, all at once, until they are told that it is enough. */
export interface BusyTeams {
  readonly accepted: readonly Accepted[];
  /** What a patient client was refused, and never should be. */
  readonly refusals: readonly string[];
  /** Begins nothing new; settles when all that was begun has ended, and its team has seen the end. */
  end(): Promise<void>;
}

/** @param giveUp - ends even what waits for an answer */
export function startTeams(site: Site, random: Random, giveUp: AbortSignal): BusyTeams {
  const accepted: Accepted[] = [];
  const refusals: string[] = [];
  const enough = new AbortController();
  const work = site.teams.flatMap((team, place) =>
    Array.from({ length: atOnce + 1 }, (_, line) =>
      keepSubmitting(team, `${place}-${line}`, line === atOnce).catch(
        (error) => void refusals.push(`${team.team}: ${error}`),
      ),
    ),
  );

  async function keepSubmitting({ team, token }: Team, line: string, isSlow: boolean): Promise<void> {
    const client = createPatientClient(site.addresses, token, giveUp);
    for (let count = 0; !enough.signal.aborted; count += 1) {
      const kind = isSlow ? 'large' : random.pick(kinds);
      const cancelled = random.next() < cancelledShare;
      const way = isSlow || random.next() < 0.7 ? 'in parts' : 'at once';
      const name = `chaos ${line}-${count}`;
      const slowly = isSlow ? { pieceMilliseconds } : {};
      const upload = { phase: site.phase, name, archive: site.bundles[kind], ...slowly };
      const id = await (way === 'in parts' ? uploadInParts : uploadAtOnce)(client, upload);
      const entry: Accepted = { id, name, team, kind, way, cancelled, events: null };
      accepted.push(entry);
      const cancelling = cancelled && cancelLater(client, id, random.between(0, 4));
      entry.events = await followEvents(client, id);
      await cancelling;
    }
  }

  return {
    accepted,
    refusals,
    async end() {
      enough.abort();
      await Promise.all(work);
    },
  };
}

/** One that has ended by then stays as it is. */
async function cancelLater(client: PatientClient, id: string, seconds: number): Promise<void> {
  await sleep(seconds * 1000);
  await client.ask(`/api/submissions/${id}/cancel`, { method: 'POST' }).catch(() => {});
}
