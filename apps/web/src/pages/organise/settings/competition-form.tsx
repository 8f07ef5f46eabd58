import { Stack, Tabs, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CompetitionDraft, PhaseDraft } from './competition-draft.js';
import { DataFields } from './data-fields.js';
import { PhaseForm } from './phase-form.js';

interface CompetitionFormProps {
  readonly draft: CompetitionDraft;
  readonly onDraft: (draft: CompetitionDraft) => void;
}

/** A competition's words, and a tab for each of its phases. New phases are written in the file. */
export function CompetitionForm({ draft, onDraft }: CompetitionFormProps) {
  const { t } = useTranslation('organise');
  const setPhase = (place: number, phase: PhaseDraft) =>
    onDraft({ ...draft, phases: draft.phases.map((each, other) => (other === place ? phase : each)) });
  return (
    <Stack maw={860}>
      <TextInput
        required
        label={t('title')}
        value={draft.title}
        onChange={({ currentTarget: { value: title } }) => onDraft({ ...draft, title })}
      />
      {(['description', 'rules'] as const).map((field) => (
        <Textarea
          key={field}
          autosize
          minRows={3}
          maxRows={16}
          label={t(field)}
          description={field === 'rules' ? t('rulesHelp') : t('markdown')}
          value={draft[field] ?? ''}
          onChange={({ currentTarget: { value } }) => onDraft({ ...draft, [field]: value })}
        />
      ))}
      <DataFields data={draft.data ?? []} onData={(data) => onDraft({ ...draft, data })} />
      <Tabs defaultValue={draft.phases[0]?.phase ?? null} keepMounted={false}>
        <Tabs.List aria-label={t('phases')}>
          {draft.phases.map(({ phase, title }) => (
            <Tabs.Tab key={phase} value={phase}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {draft.phases.map((phase, place) => (
          <Tabs.Panel key={phase.phase} value={phase.phase} pt="md">
            <PhaseForm phase={phase} onPhase={(changed) => setPhase(place, changed)} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
