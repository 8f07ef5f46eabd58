import type { FilteredSubmission } from '@holdout/contracts';
import { Button, Code, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiPath, bySchema, request } from '../../../api/request.js';
import { useFormat } from '../../../format/use-format.js';
import { Failure } from '../../../parts/failure.js';
import { Loading } from '../../../parts/loading.js';

const check = bySchema(({ runLogListSchema }) => runLogListSchema);

interface HiddenLogProps {
  readonly submission: FilteredSubmission;
  readonly onClose: () => void;
}

/** What a bundle printed on hidden studies. It is read only when somebody says so, since each reading is written down. */
export function HiddenLog({ submission: { id, name }, onClose }: HiddenLogProps) {
  const { t } = useTranslation('organise');
  const { dateTime } = useFormat();
  const [wanted, setWanted] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['hidden-log', id],
    queryFn: ({ signal }) => request(apiPath('submissions', id, 'hidden-logs'), check, { signal }),
    enabled: wanted,
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t('hiddenLogOf', { name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {!wanted && (
        <>
          <Text size="sm" mb="sm">
            {t('readingIsLogged')}
          </Text>
          <Button onClick={() => setWanted(true)}>{t('readHiddenLog')}</Button>
        </>
      )}
      {error && <Failure error={error} />}
      {wanted && !data && !error && <Loading />}
      {data?.logs.length === 0 && <Text size="sm">{t('noHiddenLog')}</Text>}
      <Stack>
        {data?.logs.map(({ attempt, code, detail, log, at }) => (
          <section key={at}>
            <Text size="sm" fw={600}>
              {t('attempt', { attempt })} · {dateTime(at)} {code && `· ${code}`}
            </Text>
            {detail && <Text size="sm">{detail}</Text>}
            <Code block tabIndex={0} mah={360} style={{ overflow: 'auto' }}>
              {log || '—'}
            </Code>
          </section>
        ))}
      </Stack>
    </Modal>
  );
}
