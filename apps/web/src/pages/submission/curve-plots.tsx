import type { ProbabilityCurves, PublishedScore, Submission } from '@holdout/contracts';
import { areaY, dot, line, ruleX } from '@observablehq/plot';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { boardReadersQuery } from '../../api/submissions.js';
import { formatKappa, formatMetric } from '../../boards/format-value.js';
import { useFormat } from '../../format/use-format.js';
import { CalibrationTable } from './calibration-table.js';
import styles from './curve-plots.module.css';
import { PlotFigure, type PlotOptions } from './plot-figure.js';

interface CurvePlotsProps {
  readonly curves: ProbabilityCurves;
  readonly score: PublishedScore;
  readonly submission: Submission;
}

const own = 'var(--mantine-color-anchor)';
const readers = 'var(--holdout-reader)';
const faint = { stroke: 'currentColor', strokeOpacity: 0.35, strokeDasharray: '3 4' } as const;
/** Both axes are fractions. */
const square: PlotOptions = {
  width: 340,
  height: 320,
  marginLeft: 48,
  marginBottom: 42,
  x: { domain: [0, 1], grid: true, ticks: 5 },
  y: { domain: [0, 1], grid: true, ticks: 5 },
};

/** The three curves, each with what it comes to in words. */
export function CurvePlots({ curves, score, submission }: CurvePlotsProps) {
  const { t } = useTranslation('submission');
  const { percent, list } = useFormat();
  const readerPoints = useReaderPoints(submission);
  const { sensitivity, specificity, auroc } = score.overall;
  const ownPoint =
    sensitivity.value === null || specificity.value === null
      ? []
      : [{ x: 1 - specificity.value, y: sensitivity.value }];
  const axis = (key: 'falsePositiveRate' | 'sensitivity' | 'recall' | 'precision' | 'probability' | 'abnormal') =>
    t(`axis_${key}`);
  const share = curves.abnormal / curves.studies;
  const roc: PlotOptions = {
    ...square,
    x: { ...square.x, label: axis('falsePositiveRate') },
    y: { ...square.y, label: axis('sensitivity') },
    marks: [
      line(
        [
          [0, 0],
          [1, 1],
        ],
        faint,
      ),
      line(curves.roc, { x: 'falsePositiveRate', y: 'sensitivity', stroke: own, strokeWidth: 2 }),
      dot(readerPoints, { x: 'x', y: 'y', symbol: 'diamond', r: 6, stroke: readers, strokeWidth: 2, title: 'name' }),
      dot(ownPoint, { x: 'x', y: 'y', r: 5, fill: own, stroke: 'var(--holdout-card)' }),
    ],
  };
  const precisionRecall: PlotOptions = {
    ...square,
    x: { ...square.x, label: axis('recall') },
    y: { ...square.y, label: axis('precision') },
    marks: [
      line(
        [
          [0, share],
          [1, share],
        ],
        faint,
      ),
      areaY(curves.precisionRecall, {
        x: 'recall',
        y: 'precision',
        fill: own,
        fillOpacity: 0.08,
        curve: 'step-before',
      }),
      line(curves.precisionRecall, { x: 'recall', y: 'precision', stroke: own, strokeWidth: 2, curve: 'step-before' }),
    ],
  };
  const calibration: PlotOptions = {
    ...square,
    x: { ...square.x, label: axis('probability') },
    y: { ...square.y, label: axis('abnormal') },
    marks: [
      line(
        [
          [0, 0],
          [1, 1],
        ],
        faint,
      ),
      ruleX(curves.calibration, { x: 'meanProbability', y1: 'lower', y2: 'upper', stroke: own, strokeOpacity: 0.7 }),
      dot(curves.calibration, {
        x: 'meanProbability',
        y: 'abnormal',
        r: 'studies',
        fill: own,
        fillOpacity: 0.75,
        stroke: own,
      }),
    ],
    r: { range: [2.5, 9], zero: true },
  };
  const [area, average, brier] = [
    formatMetric(auroc) ?? '—',
    formatKappa(curves.averagePrecision),
    formatKappa(curves.brierScore),
  ];
  const described = {
    auroc: area,
    sensitivity: formatMetric(sensitivity) ?? '—',
    specificity: formatMetric(specificity) ?? '—',
  };
  return (
    <div className={styles.plots}>
      <PlotFigure title={t('roc')} alt={t('rocAlt', described)} options={roc}>
        {t('area', { value: area })}
        <span className={styles.key}>
          <span aria-hidden="true">● </span>
          {t('ownThreshold')}
          {readerPoints.length > 0 && (
            <>
              {' · '}
              <span aria-hidden="true">◇ </span>
              {list(readerPoints.map(({ name }) => name))}
            </>
          )}
        </span>
      </PlotFigure>
      <PlotFigure
        title={t('precisionRecall')}
        alt={t('precisionRecallAlt', { average, share: percent(share) })}
        options={precisionRecall}
      >
        {t('averagePrecision', { value: average })}
      </PlotFigure>
      <PlotFigure title={t('calibration')} alt={t('calibrationAlt', { brier })} options={calibration}>
        {t('brier', { value: brier })}
        <CalibrationTable bins={curves.calibration} />
      </PlotFigure>
    </div>
  );
}

/** Each reader is a point: who reads has no threshold to move. */
function useReaderPoints({ competition, phase }: Submission) {
  const { data } = useQuery(boardReadersQuery(competition, phase));
  return useMemo(
    () =>
      (data?.readers ?? []).flatMap(({ name, sensitivity, specificity }) =>
        sensitivity.value === null || specificity.value === null
          ? []
          : [{ name, x: 1 - specificity.value, y: sensitivity.value }],
      ),
    [data],
  );
}
