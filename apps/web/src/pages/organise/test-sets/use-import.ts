import type { NewTestSetImport, TestSetImport } from '@holdout/contracts';
import { useRef, useState } from 'react';
import { apiPath, bySchema } from '../../../api/request.js';
import { type PhaseAddress, testSetPath } from './read-test-set.js';
import { sendArchive } from './send-archive.js';

/** In the place of the phase's present version, or as a test set that a phase to come will name. */
export type Destination = 'phase' | 'new';

/** What is asked for beside the archive, as it was typed; empty is left out. */
export interface ImportFields {
  readonly destination: Destination;
  readonly testSet: string;
  readonly note: string;
  readonly labels: string;
  readonly gold: string;
  readonly draw: string;
}

export type ImportState =
  | { readonly stage: 'idle' }
  | { readonly stage: 'sending'; readonly sentShare: number }
  | { readonly stage: 'refused'; readonly error: unknown }
  | { readonly stage: 'done'; readonly imported: TestSetImport | NewTestSetImport };

const checkForPhase = bySchema(({ testSetImportSchema }) => testSetImportSchema);
const checkNew = bySchema(({ newTestSetImportSchema }) => newTestSetImportSchema);

/** An import: one at a time, which can be stopped while it is sent. */
export function useImport(address: PhaseAddress, onDone: () => Promise<unknown>) {
  const [state, setState] = useState<ImportState>({ stage: 'idle' });
  const stopping = useRef<AbortController | null>(null);

  const run = async (archive: File, fields: ImportFields): Promise<void> => {
    const controller = new AbortController();
    stopping.current = controller;
    setState({ stage: 'sending', sentShare: 0 });
    try {
      const onProgress = ({ sentShare }: { sentShare: number }) => setState({ stage: 'sending', sentShare });
      const body = await sendArchive(toPath(address, fields), archive, { onProgress, signal: controller.signal });
      const imported = await (fields.destination === 'new' ? checkNew(body) : checkForPhase(body));
      setState({ stage: 'done', imported });
      await onDone();
    } catch (error) {
      setState(controller.signal.aborted ? { stage: 'idle' } : { stage: 'refused', error });
    }
  };
  return {
    state,
    start: (archive: File, fields: ImportFields) => void run(archive, fields),
    cancel: () => stopping.current?.abort(),
  };
}

function toPath(address: PhaseAddress, { destination, testSet, note, labels, gold, draw }: ImportFields): string {
  const path = destination === 'new' ? apiPath('test-sets', testSet, 'import') : testSetPath(address, 'import');
  const query = new URLSearchParams({ note });
  for (const [name, value] of Object.entries({ labels, gold, draw }))
    if (value.trim() !== '') query.set(name, value.trim());
  return `${path}?${query}`;
}
