import { Grid, useMantineTheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../../parts/empty.js';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import type { Correction } from './correct-label.js';
import { filterStudies, noFilter, type Study } from './filter-studies.js';
import { contentsQuery, type PhaseAddress } from './read-test-set.js';
import { StudyFilters } from './study-filters.js';
import { StudyList } from './study-list.js';
import { StudyView } from './study-view.js';

interface StudyBrowserProps {
  readonly address: PhaseAddress;
  readonly version: string;
  /** null where nothing can be corrected. */
  readonly onCorrect: ((study: Study, correction: Correction) => void) | null;
  readonly study: string | undefined;
  readonly onStudy: (study: string) => void;
}

/** The studies of a version beside the one that is open: its images, and what was said of it. */
export function StudyBrowser({ address, version, onCorrect, study, onStudy }: StudyBrowserProps) {
  const { t } = useTranslation('organise');
  const { data: contents, error, refetch } = useQuery(contentsQuery(address, version));
  const [filter, setFilter] = useState(noFilter);
  const { breakpoints } = useMantineTheme();
  const [visits, setVisits] = useState(0);
  // On a phone the study lies below the list, where whoever chose it would not see it.
  const choose = (chosen: string, wantsToSee: boolean): void => {
    const isBelow = matchMedia(`(width < ${breakpoints.md})`).matches;
    setVisits((before) => (wantsToSee && isBelow ? before + 1 : 0));
    onStudy(chosen);
  };
  const found = useMemo(() => (contents ? filterStudies(contents.studies, filter) : []), [contents, filter]);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!contents) return <Loading lines={8} />;
  const open = contents.studies.find((each) => each.study === study);
  return (
    <>
      <StudyFilters studies={contents.studies} filter={filter} onFilter={setFilter} found={found.length} />
      <Grid>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <StudyList
            studies={found}
            open={study}
            onOpen={(each) => choose(each, false)}
            onChoose={(each) => choose(each, true)}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          {open ? (
            <StudyView
              key={open.study}
              address={address}
              contents={contents}
              study={open}
              visits={visits}
              onCorrect={onCorrect && ((correction) => onCorrect(open, correction))}
            />
          ) : (
            <Empty title={t('chooseStudy')}>{t('looksAreLogged')}</Empty>
          )}
        </Grid.Col>
      </Grid>
    </>
  );
}
