import type { Phase } from '@holdout/contracts';
import { Badge, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Connection } from '../../api/follow-events.js';
import type { BoardRow } from '../../boards/board-row.js';
import { useFormat } from '../../format/use-format.js';
import { PhaseFacts } from './phase-facts.js';
import styles from './phase-head.module.css';

interface PhaseHeadProps {
  readonly competition: string;
  readonly phase: Phase;
  readonly connection: Connection;
  /** Whether the board below is of a past day: what goes on now is not of it. */
  readonly isPast: boolean;
  readonly newRows: readonly BoardRow[];
  /** Submissions under way; undefined until that is known. */
  readonly waiting: number | undefined;
}

/** What a phase is, and how its board is doing. */
export function PhaseHead({ competition, phase, connection, isPast, newRows, waiting }: PhaseHeadProps) {
  const { t } = useTranslation('leaderboard');
  const { list } = useFormat();
  const names = list(newRows.map(({ team, name }) => team ?? name));
  return (
    <div>
      <Group gap="md">
        <Badge variant="outline" tt="none" fw={600} className={styles.badge}>
          {t(phase.visibility === 'hidden' ? 'hiddenTestSet' : 'publicTestSet')}
        </Badge>
        <span className={styles.connection} data-state={isPast ? 'past' : connection}>
          {t(isPast ? 'past' : connection)}
        </span>
        <Link to="/competitions/$competition" params={{ competition }} hash="take-part">
          {t('howToTakePart')}
        </Link>
      </Group>
      {phase.description !== '' && <Text mt="xs">{phase.description}</Text>}
      <PhaseFacts phase={phase} />
      <Text role="status" c="dimmed" size="sm">
        {!isPast && waiting !== undefined && t('waiting', { count: waiting })}
        <span className="heard"> {!isPast && newRows.length > 0 && t('appeared', { names })}</span>
      </Text>
    </div>
  );
}
