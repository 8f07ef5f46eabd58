import type { Phase } from '@holdout/contracts';
import { Alert, Button, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { BundleDrop } from './bundle-drop.js';
import type { KeptUpload } from './kept-upload.js';
import { ReadyForm } from './ready-form.js';
import { Refusal } from './refusal.js';
import styles from './submit-page.module.css';
import { UploadElsewhere } from './upload-elsewhere.js';
import { UploadProgress } from './upload-progress.js';
import { useSubmitFlow } from './use-submit-flow.js';

interface SubmitFlowProps {
  readonly competition: string;
  readonly phase: Phase;
  /** Whose upload it is, where a browser has several people. */
  readonly user: string;
  readonly isAllowed: boolean;
}

/** From the choice of a bundle to its submission, one step at a time. */
export function SubmitFlow({ competition, phase, user, isAllowed }: SubmitFlowProps) {
  const { t } = useTranslation('submit');
  const { step, key, ...acts } = useSubmitFlow({ competition, phase, user });
  switch (step.name) {
    case 'opening':
      return null;
    case 'choosing':
      return (
        <Stack gap="md">
          {step.interrupted && <Interrupted kept={step.interrupted} onForget={acts.forgetKept} />}
          {step.refusal && <Refusal {...step.refusal} />}
          {step.isEmpty && <Alert color="orange">{t('chosenNothing')}</Alert>}
          <BundleDrop competition={competition} phase={phase} onGiven={acts.take} />
        </Stack>
      );
    case 'elsewhere':
      return <UploadElsewhere uploadKey={key} sent={step.sent} waiting={step.bundle?.file.name ?? null} />;
    case 'checking':
      return (
        <div className={styles.card}>
          <Text role="status" fw={600}>
            <Loader size="xs" mr="xs" aria-hidden="true" />
            {t('checking', { name: step.chosen })}
          </Text>
          <Text c="dimmed" size="sm" mb="sm">
            {t('checkingNote')}
          </Text>
          <Button variant="default" onClick={acts.chooseAnother}>
            {t('stop')}
          </Button>
        </div>
      );
    case 'ready':
      return (
        <ReadyForm
          bundle={step.bundle}
          isAllowed={isAllowed}
          onSubmit={(fields) => acts.send(step.bundle, fields)}
          onOther={acts.chooseAnother}
        />
      );
    case 'sending':
      return (
        <UploadProgress
          upload={step.upload}
          name={step.fileName}
          totalBytes={step.totalBytes}
          isKept={step.isKept}
          onPause={acts.pause}
          onResume={acts.resume}
          onGiveUp={acts.giveUp}
        />
      );
  }
}

interface InterruptedProps {
  readonly kept: KeptUpload;
  readonly onForget: () => void;
}

function Interrupted({ kept: { name, sizeBytes }, onForget }: InterruptedProps) {
  const { t } = useTranslation('submit');
  const { size } = useFormat();
  return (
    <Alert title={t('interrupted')}>
      <Text size="sm" mb="xs">
        {t('interruptedNext', { name, size: size(sizeBytes) })}
      </Text>
      <Button size="compact-sm" variant="default" onClick={onForget}>
        {t('forget')}
      </Button>
    </Alert>
  );
}
