import type { Competition, Phase } from '@holdout/contracts';
import { Group, NativeSelect, Tabs, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty } from '../../../parts/empty.js';
import { Failure } from '../../../parts/failure.js';
import { OrganiseFrame } from '../organise-frame.js';
import { type Correction, CorrectLabel } from './correct-label.js';
import type { Study } from './filter-studies.js';
import { ImportForm } from './import-form.js';
import { versionsQuery } from './read-test-set.js';
import { StudyBrowser } from './study-browser.js';
import { type TestSetView, testSetViews, type VersionSearch } from './version-search.js';
import { VersionSelect } from './version-select.js';
import { Versions } from './versions.js';

const route = getRouteApi('/competitions/$competition/organise/test-sets');

/** The hidden data of a competition: its studies and labels, their versions, and how others come in. */
export function Page() {
  const { t } = useTranslation('organise');
  const { competition: slug } = route.useParams();
  return (
    <OrganiseFrame competition={slug} title={t('testSets')}>
      {(competition) => <TestSets competition={competition} />}
    </OrganiseFrame>
  );
}

function TestSets({ competition }: { readonly competition: Competition }) {
  const { t } = useTranslation('organise');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const phase = competition.phases.find((each) => each.phase === search.phase) ?? competition.phases[0];
  const change = (to: VersionSearch) => void navigate({ to: '.', search: to, resetScroll: false });
  if (!phase) return <Empty title={t('noPhases')} />;
  const { version: _version, study: _study, ...kept } = { ...search, phase: phase.phase };
  return (
    <>
      <Group justify="space-between" align="end" mb="sm">
        <Title size="h2">{t('testSets')}</Title>
        <NativeSelect
          size="xs"
          label={t('phase')}
          value={phase.phase}
          onChange={({ currentTarget: { value } }) => change({ ...kept, phase: value })}
          data={competition.phases.map((each) => ({ value: each.phase, label: each.title }))}
        />
      </Group>
      <Tabs
        value={search.view ?? 'studies'}
        keepMounted={false}
        onChange={(view) => change({ ...kept, view: view as TestSetView })}
      >
        <Tabs.List mb="md" aria-label={t('testSets')}>
          {testSetViews.map((view) => (
            <Tabs.Tab key={view} value={view}>
              {t(`view_${view}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="studies">
          <Studies
            key={phase.phase}
            competition={competition.competition}
            phase={phase}
            search={search}
            onSearch={change}
          />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions key={phase.phase} address={{ competition: competition.competition, phase: phase.phase }} />
        </Tabs.Panel>
        <Tabs.Panel value="import">
          <ImportForm key={phase.phase} address={{ competition: competition.competition, phase: phase.phase }} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

interface StudiesProps {
  readonly competition: string;
  readonly phase: Phase;
  readonly search: VersionSearch;
  readonly onSearch: (search: VersionSearch) => void;
}

/** What of a study is being corrected, and in which version. */
interface Corrected {
  readonly of: Study;
  readonly correction: Correction;
  readonly from: string;
}

function Studies({ competition, phase, search, onSearch }: StudiesProps) {
  const address = { competition, phase: phase.phase };
  const { data: versions, error } = useQuery(versionsQuery(address));
  const [corrected, setCorrected] = useState<Corrected | null>(null);
  const current = versions?.find(({ role }) => role === 'current')?.version ?? phase.testSetVersion;
  const version = search.version ?? current;
  if (error) return <Failure error={error} />;
  return (
    <>
      <VersionSelect
        versions={versions ?? []}
        value={version}
        onChange={(chosen) => onSearch({ ...search, version: chosen })}
      />
      <StudyBrowser
        key={version}
        address={address}
        version={version}
        // Only the present version can be corrected.
        onCorrect={version === current ? (of, correction) => setCorrected({ of, correction, from: version }) : null}
        study={search.study}
        onStudy={(study) => onSearch({ ...search, study })}
      />
      {corrected && (
        // Out here, since it stays while the test set changes to the version that it makes.
        <CorrectLabel
          address={address}
          from={corrected.from}
          study={corrected.of}
          correction={corrected.correction}
          onClose={() => setCorrected(null)}
        />
      )}
    </>
  );
}
