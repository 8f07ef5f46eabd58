import type { Submission, SubmissionEvent } from '@holdout/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { isFinalState } from '../../api/contracts.js';
import type { Connection } from '../../api/follow-events.js';
import { apiPath } from '../../api/request.js';
import { submissionQuery } from '../../api/submissions.js';
import { useEvents } from '../../api/use-events.js';

const kinds = ['state', 'progress', 'log', 'warning'] as const;

/**
 * Follows what happens to a submission from its beginning: the lines of the log, while the submission itself is kept as
 * it is now. Ends with it.
 */
export function useSubmissionEvents(id: string): {
  readonly lines: readonly string[];
  readonly connection: Connection;
} {
  const queries = useQueryClient();
  const [hasEnded, setEnded] = useState(false);
  const { lines, add } = useGatheredLines();
  // A stream that is opened anew begins again from the beginning.
  const lastId = useRef(0);
  const connection = useEvents(hasEnded ? null : apiPath('submissions', id, 'events'), kinds, (_, data, eventId) => {
    if (Number(eventId) <= lastId.current) return;
    lastId.current = Number(eventId);
    const event: SubmissionEvent = JSON.parse(data);
    if (event.kind === 'log') return add(event.line);
    if (event.kind === 'progress') {
      const { stage, imagesDone, imagesTotal } = event;
      const progress = { stage, imagesDone, imagesTotal };
      const { queryKey } = submissionQuery(id);
      queries.setQueryData(queryKey, (old?: Submission) =>
        old && !isFinalState(old.state) ? { ...old, progress } : old,
      );
      return;
    }
    void queries.invalidateQueries({ queryKey: ['submissions', id] });
    if (event.kind !== 'state' || !isFinalState(event.state)) return;
    setEnded(true);
    void queries.invalidateQueries({ queryKey: ['submissions', 'mine'] });
    void queries.invalidateQueries({ queryKey: ['quota'] });
  });
  return { lines, connection };
}

/** What programs colour their lines with in a terminal. */
const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** A log comes by thousands of lines at once: they are shown once a frame, not one by one. */
function useGatheredLines() {
  const [lines, setLines] = useState<readonly string[]>([]);
  const gathered = useRef<string[]>([]);
  const frame = useRef<number>(undefined);
  useEffect(() => () => cancelAnimationFrame(frame.current ?? 0), []);
  const show = () => {
    const fresh = gathered.current.splice(0);
    frame.current = undefined;
    setLines((old) => [...old, ...fresh]);
  };
  const add = (line: string): void => {
    gathered.current.push(...line.replace(colours, '').split('\n'));
    frame.current ??= requestAnimationFrame(show);
  };
  return { lines, add };
}
