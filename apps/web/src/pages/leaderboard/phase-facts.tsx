import type { Phase } from '@holdout/contracts';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { useNames } from '../../format/use-names.js';

/** How large a phase is, how it ranks, what of a team counts, and when it takes submissions: in sentences. */
export function PhaseFacts({ phase }: { readonly phase: Phase }) {
  const { t } = useTranslation('leaderboard');
  const format = useFormat();
  const names = useNames();
  const { ranking, counted, release, window, opens, closes, studies, images } = phase;
  const metrics = ranking.by.map(names.metric).reduce((first, second) => t('thenBy', { first, second }));
  const sentences = [
    t('size', { studies: format.number(studies), images: format.number(images) }),
    t('rankedBy', { metrics }),
    counted === 'last' && t('countedLast'),
    typeof counted === 'object' && t('countedChosen'),
    release.scores === 'ladder' && t('ladder'),
    window === 'before' && opens && t('opens', { time: format.dateTime(opens) }),
    window === 'open' && closes && t('closes', { time: format.dateTime(closes) }),
    window === 'after' && t('closed'),
  ];
  return <Text c="dimmed">{format.sentences(sentences)}</Text>;
}
