import { SegmentedControl, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';
import { OrganiseFrame } from '../organise-frame.js';
import { ApplyChanges } from './apply-changes.js';
import { type CompetitionDraft, isFault, readYaml, toDraft, writeYaml } from './competition-draft.js';
import { CompetitionForm } from './competition-form.js';
import { competitionFileQuery } from './read-file.js';
import { YamlEditor } from './yaml-editor.js';

const route = getRouteApi('/competitions/$competition/organise/settings');

/** A competition's file, as a form or as it is written; what would change is shown before it does. */
export function Page() {
  const { t } = useTranslation('organise');
  const { competition: slug } = route.useParams();
  const { data: file, error, dataUpdatedAt } = useQuery(competitionFileQuery(slug));
  return (
    <OrganiseFrame competition={slug} title={t('settings')}>
      {() => (
        <>
          {error && <Failure error={error} />}
          {!file && !error && <Loading lines={8} />}
          {file && <Settings key={dataUpdatedAt} slug={slug} file={file} />}
        </>
      )}
    </OrganiseFrame>
  );
}

/** The form and the text are two views of one draft; a text that can't be read stays until it can. */
function Settings({ slug, file }: { readonly slug: string; readonly file: CompetitionDraft }) {
  const { t } = useTranslation('organise');
  const [draft, setDraft] = useState(() => toDraft(file));
  const [text, setText] = useState<string | null>(null);
  const read = text === null ? draft : readYaml(text);
  const fault = isFault(read) ? read : null;
  const change = (as: string) => {
    if (as === 'yaml') setText(writeYaml(draft));
    else if (!isFault(read)) {
      setDraft(toDraft(read));
      setText(null);
    }
  };
  return (
    <>
      <Title size="h2" mb="sm">
        {t('settings')}
      </Title>
      <SegmentedControl
        mb="md"
        value={text === null ? 'form' : 'yaml'}
        onChange={change}
        data={[
          { value: 'form', label: t('asForm'), disabled: fault !== null },
          { value: 'yaml', label: 'YAML' },
        ]}
        aria-label={t('settingsAs')}
      />
      {text === null ? (
        <CompetitionForm draft={draft} onDraft={setDraft} />
      ) : (
        <YamlEditor text={text} onText={setText} fault={fault} />
      )}
      <ApplyChanges slug={slug} draft={isFault(read) ? null : read} />
    </>
  );
}
