import type { Phase } from '@holdout/contracts';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import styles from './phase-timeline.module.css';
import { makeTimeline } from './timeline.js';

/** The phases one below the other, each with when it is open: in words, and as a bar where any of them has an end. */
export function PhaseTimeline({ phases }: { readonly phases: readonly Phase[] }) {
  const { t } = useTranslation('competition');
  const format = useFormat();
  const timeline = makeTimeline(phases, Date.now());
  return (
    <ol className={styles.phases}>
      {phases.map((phase) => (
        <li key={phase.phase} className={styles.phase}>
          <div>
            <strong>{phase.title}</strong>
            <span className={styles.kind}> · {t(phase.visibility)}</span>
            <div className={styles.facts}>
              {t('size', { studies: format.number(phase.studies), images: format.number(phase.images) })}
            </div>
          </div>
          <div>
            <PhaseTimes phase={phase} />
            {timeline && (
              <svg className={styles.track} height="14" aria-hidden="true">
                <rect className={styles.rail} x="0" width="100%" y="5" height="4" rx="2" />
                <rect
                  className={styles.bar}
                  data-window={phase.window}
                  x={`${timeline.barOf(phase).start}%`}
                  width={`${timeline.barOf(phase).end - timeline.barOf(phase).start}%`}
                  y="3"
                  height="8"
                  rx="3"
                />
                <line className={styles.now} x1={`${timeline.now}%`} x2={`${timeline.now}%`} y1="0" y2="14" />
              </svg>
            )}
          </div>
        </li>
      ))}
      {timeline && (
        <li className={styles.axis} aria-hidden="true">
          <span />
          <div className={styles.ends}>
            <span>{format.date(timeline.from)}</span>
            <span>{format.date(timeline.to)}</span>
          </div>
        </li>
      )}
    </ol>
  );
}

function PhaseTimes({ phase: { opens, closes, window, board } }: { readonly phase: Phase }) {
  const { t } = useTranslation('competition');
  const { dateTime, relative } = useFormat();
  const say = (moment: string) => ({ time: dateTime(moment), relative: relative(moment) });
  const words = [];
  if (window === 'before' && opens) words.push(t('opensAt', say(opens)));
  if (window === 'after' && closes) words.push(t('closedAt', say(closes)));
  if (window === 'open') words.push(closes ? t('openUntil', say(closes)) : t(opens ? 'openNow' : 'always'));
  if (board.final) words.push(t('finalAt', { time: dateTime(board.final) }));
  return words.map((sentence) => <div key={sentence}>{sentence}</div>);
}
