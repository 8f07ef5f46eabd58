import type { MetricName } from '@holdout/contracts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

const knownTypes = ['elbow', 'finger', 'forearm', 'hand', 'humerus', 'shoulder', 'wrist'] as const;

/** What study types and metrics are called. */
export interface Names {
  studyType(type: string): string;
  metric(metric: MetricName): string;
}

export function useNames(): Names {
  const { t } = useTranslation('shell');
  return useMemo(
    () => ({
      studyType(type) {
        const known = knownTypes.find((each) => each === type);
        return known ? t(`type_${known}`) : type.charAt(0).toUpperCase() + type.slice(1).replaceAll('_', ' ');
      },
      metric: (metric) => t(`metric_${metric}`),
    }),
    [t],
  );
}
