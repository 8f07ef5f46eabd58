import type { Phase } from '@holdout/contracts';
import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export interface PhaseSelectProps {
  readonly phases: readonly Phase[];
  readonly phase: string;
  readonly onPhase: (phase: string) => void;
}

/** Which phase the commands are for; nothing where there is no choice. */
export function PhaseSelect({ phases, phase, onPhase }: PhaseSelectProps) {
  const { t } = useTranslation('competition');
  if (phases.length < 2) return null;
  return (
    <NativeSelect
      label={t('phaseToEnter')}
      w="16rem"
      value={phase}
      onChange={({ currentTarget }) => onPhase(currentTarget.value)}
      data={phases.map(({ phase: value, title }) => ({ value, label: title }))}
    />
  );
}

/** Where one can try without limit is where one begins; undefined where there is no phase. */
export function phaseToBegin(phases: readonly Phase[]): string | undefined {
  const open = phases.filter(({ window }) => window !== 'after');
  return (open.find(({ visibility }) => visibility === 'public') ?? open[0] ?? phases[0])?.phase;
}
