import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BoardFacts } from '../../boards/board-row.js';
import { useFormat } from '../../format/use-format.js';

/** Why a board is not what it seems: hidden, frozen, final, or of a past moment. */
export function BoardNotice({ facts }: { readonly facts: BoardFacts }) {
  const { t } = useTranslation('leaderboard');
  const { dateTime, sentences } = useFormat();
  const { state, from, final } = facts.visibility;
  const words = [];
  // A frozen board is of the moment that it says itself.
  if (facts.at && facts.at !== from) words.push(t('boardPast', { time: dateTime(facts.at) }));
  if (state === 'hidden') words.push(final ? t('boardHiddenUntil', { time: dateTime(final) }) : t('boardHidden'));
  if (state === 'frozen' && from) {
    const since = { from: dateTime(from) };
    words.push(final ? t('boardFrozenUntil', { ...since, time: dateTime(final) }) : t('boardFrozen', since));
  }
  if (state === 'final') words.push(t('boardFinal'));
  if (words.length === 0) return null;
  return (
    <Alert role="note" variant="light" color={state === 'live' || state === 'final' ? 'petrol' : 'yellow'} p="xs">
      {sentences(words)}
    </Alert>
  );
}
