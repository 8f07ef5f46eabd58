import type { TestSetContents } from '@holdout/contracts';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNames } from '../../../format/use-names.js';
import { firstOpacity } from '../../../heat-maps/sample-heat-map.js';
import styles from '../organise.module.css';
import type { Correction } from './correct-label.js';
import type { Study } from './filter-studies.js';
import { HiddenHeatMap, type Overlay } from './hidden-heat-map.js';
import { ImageViewer } from './image-viewer.js';
import { LabelTable } from './label-table.js';
import type { PhaseAddress } from './read-test-set.js';

interface StudyViewProps {
  readonly address: PhaseAddress;
  readonly contents: TestSetContents;
  readonly study: Study;
  /** How often it was asked to be gone to; 0 where whoever opens it stays where they are. */
  readonly visits: number;
  /** null where nothing can be corrected. */
  readonly onCorrect: ((correction: Correction) => void) | null;
}

/** One study: its images, the gold standard, and what each reader said. */
export function StudyView({ address, contents, study, visits, onCorrect }: StudyViewProps) {
  const { t } = useTranslation('organise');
  const names = useNames();
  const [view, setView] = useState(1);
  const [overlay, setOverlay] = useState<Overlay>({ submission: '', map: null, opacity: firstOpacity });
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (visits > 0 && heading.current) goTo(heading.current);
  }, [visits]);
  return (
    <Stack gap="sm">
      <div>
        <Title order={2} size="h4" tabIndex={-1} ref={heading}>
          {names.studyType(study.studyType)}
        </Title>
        <Text size="sm" className={styles.digest}>
          {study.study}
          {study.source !== null && ` ← ${study.source}`}
        </Text>
      </div>
      <ImageViewer address={address} version={contents.version} study={study.study} view={view} heat={overlay} />
      {study.images > 1 && (
        <Group gap="xs" role="group" aria-label={t('views')}>
          {Array.from({ length: study.images }, (_, place) => place + 1).map((each) => (
            <Button
              key={each}
              size="compact-sm"
              variant={each === view ? 'filled' : 'default'}
              aria-pressed={each === view}
              onClick={() => setView(each)}
            >
              {t('viewNumber', { number: each })}
            </Button>
          ))}
        </Group>
      )}
      <HiddenHeatMap
        address={address}
        view={{ version: contents.version, study: study.study, view }}
        overlay={overlay}
        onOverlay={setOverlay}
      />
      <LabelTable contents={contents} study={study} onCorrect={onCorrect} />
      {onCorrect && (
        <Group>
          <Button size="xs" variant="default" onClick={() => onCorrect({ kind: 'withdraw' })}>
            {t('withdrawStudy')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** Brings it to the top of the screen, at once where movement is not wanted, and the focus with it. */
function goTo(element: HTMLElement): void {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ behavior: isStill ? 'auto' : 'smooth', block: 'start' });
}
