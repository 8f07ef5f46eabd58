import { Button, FileInput, Group, Radio, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemReport } from '../../../parts/problem-report.js';
import { ImportDone } from './import-done.js';
import { ImportProgress } from './import-progress.js';
import { keyOf, type PhaseAddress } from './read-test-set.js';
import { type Destination, type ImportFields, useImport } from './use-import.js';

const empty: ImportFields = { destination: 'phase', testSet: '', note: '', labels: '', gold: '', draw: '' };

/** Sends an archive with studies and labels, and says everything that is wrong with it, until nothing is. */
export function ImportForm({ address }: { readonly address: PhaseAddress }) {
  const { t } = useTranslation('organise');
  const queries = useQueryClient();
  const [archive, setArchive] = useState<File | null>(null);
  const [fields, setFields] = useState(empty);
  const { state, start, cancel } = useImport(address, () =>
    queries.invalidateQueries({ queryKey: [...keyOf(address), 'versions'] }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (archive) start(archive, fields);
  };
  const set = (change: Partial<ImportFields>) => setFields((old) => ({ ...old, ...change }));
  const isSending = state.stage === 'sending';
  return (
    <Stack maw={860}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Title order={2} size="h4">
            {t('importTitle')}
          </Title>
          <Text size="sm">{t('importForms')}</Text>
          <FileInput
            required
            clearable
            label={t('archive')}
            placeholder={t('chooseArchive')}
            accept=".zip,.tar,.gz,.tgz"
            value={archive}
            onChange={setArchive}
            clearButtonProps={{ 'aria-label': t('clearFile') }}
          />
          <Radio.Group
            label={t('destination')}
            value={fields.destination}
            onChange={(value) => set({ destination: value as Destination })}
          >
            <Stack gap={4} mt={4}>
              <Radio value="phase" label={t('destination_phase')} />
              <Radio value="new" label={t('destination_new')} />
            </Stack>
          </Radio.Group>
          {fields.destination === 'new' && (
            <TextInput
              required
              label={t('testSetName')}
              description={t('testSetNameHelp')}
              pattern="[a-z0-9]+(-[a-z0-9]+)*"
              value={fields.testSet}
              onChange={({ currentTarget: { value: testSet } }) => set({ testSet })}
            />
          )}
          <Textarea
            required
            autosize
            minRows={2}
            maxLength={1000}
            label={t('note')}
            description={t('noteFor')}
            value={fields.note}
            onChange={({ currentTarget: { value: note } }) => set({ note })}
          />
          <Group grow align="start">
            <TextInput
              label={t('goldReaders')}
              description={t('goldReadersHelp')}
              value={fields.gold}
              onChange={({ currentTarget: { value: gold } }) => set({ gold })}
            />
            <TextInput
              inputMode="numeric"
              label={t('draw')}
              description={t('drawHelp')}
              pattern="[0-9]*"
              value={fields.draw}
              onChange={({ currentTarget: { value: draw } }) => set({ draw })}
            />
            <TextInput
              label={t('labelsFile')}
              description={t('labelsFileHelp')}
              value={fields.labels}
              onChange={({ currentTarget: { value: labels } }) => set({ labels })}
            />
          </Group>
          <Group>
            <Button type="submit" loading={isSending} disabled={archive === null}>
              {state.stage === 'refused' ? t('importAgain') : t('import')}
            </Button>
            {isSending && (
              <Button variant="default" onClick={cancel}>
                {t('stop')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      {isSending && <ImportProgress sentShare={state.sentShare} />}
      {state.stage === 'refused' && (
        <>
          <ProblemReport error={state.error} />
          <Text size="sm">{t('nothingChanged')}</Text>
        </>
      )}
      {state.stage === 'done' && <ImportDone address={address} imported={state.imported} />}
    </Stack>
  );
}
