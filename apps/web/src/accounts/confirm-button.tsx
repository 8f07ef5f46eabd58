import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Form } from './form.js';

interface ConfirmButtonProps {
  /** What the button says, and the one that does it. */
  readonly action: string;
  /** Of which one, for a screen reader, where a page has many such buttons. */
  readonly of?: string;
  readonly question: string;
  readonly onConfirm: () => Promise<unknown>;
  /** What will happen. */
  readonly children: ReactNode;
}

/** A button that asks before it does what can’t be undone. */
export function ConfirmButton({ action, of, question, onConfirm, children }: ConfirmButtonProps) {
  const { t } = useTranslation('accounts');
  const [isOpen, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        onClick={open}
        {...(of === undefined ? {} : { 'aria-label': `${action}: ${of}` })}
      >
        {action}
      </Button>
      <Modal opened={isOpen} onClose={close} title={question} closeButtonProps={{ 'aria-label': t('close') }}>
        <Stack gap="sm">
          <Text size="sm" component="div">
            {children}
          </Text>
          <Form
            submit={action}
            weight="grave"
            onSubmit={async () => {
              await onConfirm();
              close();
            }}
            beside={
              <Group>
                <Button variant="default" onClick={close}>
                  {t('cancel')}
                </Button>
              </Group>
            }
          />
        </Stack>
      </Modal>
    </>
  );
}
