import { Alert, SegmentedControl, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import { OrganiseFrame } from '../organise-frame.js';
import { ApplyChanges } from './apply-changes.js';
import { type CompetitionDraft, toDraft, writeYaml } from './competition-draft.js';
import { CompetitionForm } from './competition-form.js';
import { competitionFileQuery } from './read-file.js';
import { isFault, readYaml } from './read-yaml.js';
import { YamlEditor } from './yaml-editor.js';

const route = getRouteApi('/competitions/$competition/organise/settings');

/** A competition's file, as a form or as it is written; what would change is shown before it does. */
export function Page() {
  const { t } = useTranslation('organise');
  const { competition: slug } = route.useParams();
  const { data: file, error, dataUpdatedAt } = useQuery(competitionFileQuery(slug));
  const [view, setView] = useState<SettingsView>('form');
  const [applied, setApplied] = useState(0);
  return (
    <OrganiseFrame competition={slug} title={t('settings')}>
      {() => (
        <>
          <Title size="h2" mb="sm">
            {t('settings')}
          </Title>
          {error && <Failure error={error} />}
          {!file && !error && <Loading lines={8} />}
          {file && (
            // What was applied comes back from the server, and the draft begins anew with it.
            <Settings key={dataUpdatedAt} slug={slug} file={file} view={view} onView={setView} onApplied={setApplied} />
          )}
          {applied > 0 && <Alert role="status" color="petrol" mt="md" title={t('applied', { count: applied })} />}
        </>
      )}
    </OrganiseFrame>
  );
}

type SettingsView = 'form' | 'yaml';

interface SettingsProps {
  readonly slug: string;
  readonly file: CompetitionDraft;
  readonly view: SettingsView;
  readonly onView: (view: SettingsView) => void;
  /** Is told how many changes were applied. */
  readonly onApplied: (changes: number) => void;
}

/** The form and the text are two views of one draft; a text that can't be read stays until it can. */
function Settings({ slug, file, view, onView, onApplied }: SettingsProps) {
  const { t } = useTranslation('organise');
  const [draft, setDraft] = useState(() => toDraft(file));
  const [text, setText] = useState(() => (view === 'yaml' ? writeYaml(draft) : ''));
  const read = useMemo(() => (view === 'form' ? draft : readYaml(text)), [view, draft, text]);
  const fault = isFault(read) ? read : null;
  const change = (to: string) => {
    if (isFault(read)) return;
    setDraft(toDraft(read));
    if (to === 'yaml') setText(writeYaml(draft));
    onView(to === 'yaml' ? 'yaml' : 'form');
  };
  return (
    <>
      <SegmentedControl
        mb="md"
        value={view}
        onChange={change}
        data={[
          { value: 'form', label: t('asForm'), disabled: fault !== null },
          { value: 'yaml', label: 'YAML' },
        ]}
        aria-label={t('settingsAs')}
      />
      {view === 'form' ? (
        <CompetitionForm draft={draft} onDraft={setDraft} />
      ) : (
        <YamlEditor text={text} onText={setText} fault={fault} />
      )}
      <ApplyChanges slug={slug} draft={isFault(read) ? null : read} onApplied={onApplied} />
    </>
  );
}
