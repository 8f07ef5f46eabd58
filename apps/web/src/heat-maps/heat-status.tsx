import type { HeatMapStatus } from '@holdout/contracts';
import { Alert, Button, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useServerWords } from '../i18n/use-server-words.js';

interface HeatStatusProps {
  readonly status: HeatMapStatus;
  readonly isAsking: boolean;
  readonly onAsk: () => void;
}

/** Why there is no heat map to be seen: nobody asked, it is waited for, or it could not be made. */
export function HeatStatus({ status: { state, reason }, isAsking, onAsk }: HeatStatusProps) {
  const { t } = useTranslation('heatMaps');
  const { say } = useServerWords();
  if (state === 'made') return null;
  if (state === 'requested') {
    return (
      <Text size="sm" role="status">
        {t('requested')}
      </Text>
    );
  }
  const said = reason && say({ ...reason, title: reason.message });
  return (
    <>
      {said && (
        <Alert color="red" title={t('refused')} mb="xs">
          <Text size="sm">{said.title === reason.message ? said.title : `${said.title}${said.detail ?? ''}`}</Text>
          <Text size="sm">{said.next}</Text>
        </Alert>
      )}
      {state === 'none' && (
        <Text size="sm" mb="xs">
          {t('none')}
        </Text>
      )}
      <Button variant="default" loading={isAsking} onClick={onAsk}>
        {t(state === 'none' ? 'show' : 'again')}
      </Button>
    </>
  );
}
