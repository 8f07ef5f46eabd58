import type { Phase } from '@holdout/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { competitionQuery } from '../../api/competitions.js';
import { meQuery } from '../../api/me.js';
import { ProblemError } from '../../api/problem-error.js';
import { apiPath } from '../../api/request.js';
import { BundleUpload } from './bundle-upload.js';
import type { ReadyBundle } from './check-chosen.js';
import { checkInWorker } from './check-in-worker.js';
import { changeKept, forget, type KeptUpload, keep, keyOf, readKept } from './kept-upload.js';
import { type GivenFile, readChosen } from './read-chosen.js';
import { tellOthers } from './upload-channel.js';
import { tryLock, type UploadLock, waitForLock } from './upload-lock.js';

/** Where one is on the way from a choice to a submission. */
type Step =
  | { readonly name: 'opening' }
  | {
      readonly name: 'choosing';
      /** An upload that was begun before, whose file has to be chosen again. */
      readonly interrupted?: KeptUpload | undefined;
      /** What was chosen before, and why it can't be submitted. */
      readonly refusal?: { readonly name: string; readonly error: unknown };
      readonly isEmpty?: boolean;
    }
  /** Another window of this browser sends; what was to be sent here waits. */
  | { readonly name: 'elsewhere'; readonly sent: KeptUpload | null; readonly bundle: ReadyBundle | null }
  | { readonly name: 'checking'; readonly chosen: string }
  | { readonly name: 'ready'; readonly bundle: ReadyBundle }
  | {
      readonly name: 'sending';
      readonly upload: BundleUpload;
      readonly fileName: string;
      readonly totalBytes: number;
      readonly isKept: boolean;
    };

interface Place {
  readonly competition: string;
  readonly phase: Phase;
  readonly user: string;
}

/** The steps of a submission, and what leads from one to the next. */
export function useSubmitFlow({ competition, phase, user }: Place) {
  const [step, setStep] = useState<Step>({ name: 'opening' });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const checking = useRef(new AbortController());
  const interrupted = useRef<KeptUpload>(undefined);
  const lock = useRef<UploadLock>(null);
  const waiting = useRef(new AbortController());
  const key = keyOf({ user, competition, phase: phase.phase });

  /** Whether this window may send. */
  const claim = async (): Promise<boolean> => {
    const { signal } = waiting.current;
    lock.current ??= await tryLock(key);
    if (signal.aborted) release();
    return lock.current !== null;
  };
  const release = (): void => {
    lock.current?.release();
    lock.current = null;
  };
  /** Until the other window has ended, or is closed: then this one goes on with what it left. */
  const waitForOther = async (bundle: ReadyBundle | null): Promise<void> => {
    const { signal } = waiting.current;
    setStep({ name: 'elsewhere', sent: await readKept(key).catch(() => null), bundle });
    const held = await waitForLock(key, signal).catch(() => null);
    if (held && signal.aborted) held.release();
    if (!held || signal.aborted) return;
    lock.current = held;
    const kept = await readKept(key).catch(() => null);
    if (signal.aborted) return;
    if (kept?.file) return follow(kept, kept.file);
    release();
    interrupted.current = kept ?? undefined;
    setStep(bundle ? { name: 'ready', bundle } : { name: 'choosing', interrupted: kept ?? undefined });
  };

  const follow = (kept: KeptUpload, file: Blob): void => {
    const upload = new BundleUpload({
      endpoint: apiPath('competitions', competition, 'phases', phase.phase, 'uploads'),
      file,
      fileName: kept.name,
      fields: kept.fields,
      address: kept.address,
      onAddress: (address) => void changeKept(key, { address }),
    });
    const isKept = kept.file !== null;
    setStep({ name: 'sending', upload, fileName: kept.name, totalBytes: kept.sizeBytes, isKept });
    if (!kept.isPaused) upload.start();
  };

  const begin = async (bundle: ReadyBundle, fields: KeptUpload['fields'], address: string | null): Promise<void> => {
    if (!(await claim())) return await waitForOther(bundle);
    const { file } = bundle;
    const { name, size: sizeBytes, lastModified } = file;
    await keep({ key, name, sizeBytes, lastModified, address, fields, isPaused: false, file });
    const kept = await readKept(key).catch(() => null);
    follow({ key, name, sizeBytes, lastModified, address, fields, isPaused: false, file: kept?.file ?? null }, file);
  };

  const open = useEffectEvent(async (kept: KeptUpload | null): Promise<void> => {
    interrupted.current = kept ?? undefined;
    if (!kept?.file) return setStep({ name: 'choosing', interrupted: kept ?? undefined });
    if (await claim()) follow(kept, kept.file);
    else await waitForOther(null);
  });
  const leave = useEffectEvent(release);
  useEffect(() => {
    const gone = new AbortController();
    waiting.current = gone;
    const kept = readKept(key).catch(() => null);
    void kept.then(async (known) => {
      if (!gone.signal.aborted) await open(known);
    });
    return () => {
      gone.abort();
      checking.current.abort();
      leave();
    };
  }, [key]);

  const end = useEffectEvent(async (submissionId: string): Promise<void> => {
    await forget(key);
    void queries.invalidateQueries({ queryKey: ['quota', competition] });
    void queries.invalidateQueries({ queryKey: ['submissions', 'mine', competition] });
    await navigate({ to: '/submissions/$id', params: { id: submissionId } });
  });
  const refuse = useEffectEvent(async (name: string, error: unknown): Promise<void> => {
    await forget(key);
    release();
    setStep({ name: 'choosing', refusal: { name, error } });
  });
  const showRules = useEffectEvent(async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: competitionQuery(competition).queryKey });
    await queries.invalidateQueries({ queryKey: meQuery.queryKey });
  });
  const [upload, fileName] = step.name === 'sending' ? [step.upload, step.fileName] : [null, ''];
  useEffect(() => {
    if (!upload) return;
    const stopFollowing = upload.follow(() => {
      const { state, submissionId, error } = upload.read();
      if (state === 'done' && submissionId !== null) void end(submissionId);
      if (state === 'failed' && isAboutBundle(error)) void refuse(fileName, error);
      if (state === 'failed' && isAboutRules(error)) void showRules();
    });
    const stopTelling = tellOthers(key, upload);
    return () => {
      stopTelling();
      stopFollowing();
      // Another page of the site: it goes on from here when this one is opened again.
      if (upload.read().state === 'sending') void upload.pause();
    };
  }, [upload, fileName, key]);

  return {
    step,
    key,
    /** What was dropped or chosen is checked; the same file as before goes on at once. */
    async take(given: readonly GivenFile[]): Promise<void> {
      const chosen = readChosen(given);
      if (!chosen) return setStep({ name: 'choosing', interrupted: interrupted.current, isEmpty: true });
      checking.current = new AbortController();
      const { signal } = checking.current;
      setStep({ name: 'checking', chosen: chosen.name });
      try {
        const bundle = await checkInWorker({ chosen, limitBytes: phase.limits.bundleSizeBytes }, signal);
        const before = interrupted.current;
        if (before && isSameFile(before, bundle.file)) await begin(bundle, before.fields, before.address);
        else setStep({ name: 'ready', bundle });
      } catch (error) {
        if (signal.aborted) return;
        setStep({ name: 'choosing', interrupted: interrupted.current, refusal: { name: chosen.name, error } });
      }
    },
    send: (bundle: ReadyBundle, fields: KeptUpload['fields']) => void begin(bundle, fields, null),
    chooseAnother(): void {
      checking.current.abort();
      setStep({ name: 'choosing', interrupted: interrupted.current });
    },
    pause(): void {
      void upload?.pause();
      void changeKept(key, { isPaused: true });
    },
    resume(): void {
      upload?.start();
      void changeKept(key, { isPaused: false });
    },
    async giveUp(): Promise<void> {
      await upload?.giveUp();
      await forget(key);
      release();
      interrupted.current = undefined;
      setStep({ name: 'choosing' });
    },
    async forgetKept(): Promise<void> {
      await forget(key);
      release();
      interrupted.current = undefined;
      setStep({ name: 'choosing' });
    },
  };
}

function isSameFile(kept: KeptUpload, { name, size, lastModified }: File): boolean {
  return kept.name === name && kept.sizeBytes === size && kept.lastModified === lastModified;
}

/** Sending the same bundle again would change nothing. */
function isAboutBundle(error: unknown): boolean {
  return error instanceof ProblemError && (error.status === 413 || error.status === 422);
}

/** They changed while this page was open. */
function isAboutRules(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'rules_changed';
}
