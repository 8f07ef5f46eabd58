import type { MetricName } from '@holdout/contracts';
import { Fieldset, MultiSelect, NativeSelect, NumberInput, SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../../format/use-names.js';
import type { PhaseDraft } from './competition-draft.js';

const metrics: readonly MetricName[] = [
  'kappa',
  'accuracy',
  'balancedAccuracy',
  'sensitivity',
  'specificity',
  'f1',
  'auroc',
];
const mostChosen = 10;

interface RankingFieldsProps {
  readonly phase: PhaseDraft;
  readonly onPhase: (change: Partial<PhaseDraft>) => void;
}

/** Which submission counts, and by what entries are ranked. */
export function RankingFields({ phase, onPhase }: RankingFieldsProps) {
  const { t } = useTranslation('organise');
  const names = useNames();
  const counted = phase.counted ?? 'best';
  const { by = ['kappa'], ties = 'shared' } = phase.ranking ?? {};
  const setCounted = (value: string) => {
    if (value === 'best' || value === 'last') onPhase({ counted: value });
    else onPhase({ counted: { chosen: 2 } });
  };
  return (
    <Fieldset legend={t('ranking')}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NativeSelect
          label={t('counted')}
          value={typeof counted === 'string' ? counted : 'chosen'}
          onChange={({ currentTarget: { value } }) => setCounted(value)}
          data={(['best', 'last', 'chosen'] as const).map((each) => ({ value: each, label: t(`counted_${each}`) }))}
        />
        {typeof counted !== 'string' && (
          <NumberInput
            min={1}
            max={mostChosen}
            allowDecimal={false}
            label={t('chosenAtMost')}
            value={counted.chosen}
            onChange={(value) => onPhase({ counted: { chosen: Number(value) } })}
          />
        )}
        <MultiSelect
          label={t('rankedBy')}
          description={t('rankedByHelp')}
          value={[...by]}
          onChange={(chosen) => onPhase({ ranking: { ties, by: chosen as MetricName[] } })}
          data={metrics.map((metric) => ({ value: metric, label: names.metric(metric) }))}
        />
        <NativeSelect
          label={t('ties')}
          value={ties}
          onChange={({ currentTarget: { value } }) =>
            onPhase({ ranking: { by, ties: value === 'earlier' ? 'earlier' : 'shared' } })
          }
          data={(['shared', 'earlier'] as const).map((each) => ({ value: each, label: t(`ties_${each}`) }))}
        />
      </SimpleGrid>
    </Fieldset>
  );
}
