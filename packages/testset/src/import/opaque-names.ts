import { createHmac } from 'node:crypto';

/** What a bundle sees of a study: the layout of its contract, and no name of the source. */
export interface OpaqueName {
  readonly study: string;
  readonly patient: string;
}

/**
 * Gives every study a name that tells nothing of its source: `XR_WRIST/patient48291034/study1`. The same key and the same
 * patient give the same number, whatever else is in the set, so that versions can be compared. Which of a patient's
 * studies is the first tells nothing either.
 *
 * @param key - secret to the installation
 * @throws Error where two patients get the same number; take another key then
 */
export function nameOpaquely(
  studies: readonly { readonly study: string; readonly studyType: string; readonly patient: string }[],
  key: string,
): Map<string, OpaqueName> {
  const numbers = new Map<string, string>();
  for (const { patient } of studies) numbers.set(patient, hideNumber(key, patient));
  if (new Set(numbers.values()).size < numbers.size) throw new Error('Two patients got the same number.');
  const counts = new Map<string, number>();
  const order = [...studies].sort((a, b) => (digest(key, a.study) < digest(key, b.study) ? -1 : 1));
  return new Map(
    order.map(({ study, studyType, patient: source }) => {
      const patient = `patient${numbers.get(source)}`;
      const folder = `XR_${studyType.toUpperCase()}/${patient}`;
      const place = (counts.get(folder) ?? 0) + 1;
      counts.set(folder, place);
      return [study, { study: `${folder}/study${place}`, patient }];
    }),
  );
}

/** Twelve digits: among 100,000 patients two share one with a chance of one in 200. */
function hideNumber(key: string, patient: string): string {
  return (BigInt(`0x${digest(key, `patient ${patient}`).slice(0, 16)}`) % 1_000_000_000_000n)
    .toString()
    .padStart(12, '0');
}

function digest(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
