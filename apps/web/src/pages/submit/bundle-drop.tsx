import type { Phase } from '@holdout/contracts';
import { Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useDropzone } from 'react-dropzone';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import type { GivenFile } from './read-chosen.js';
import styles from './submit-page.module.css';

interface BundleDropProps {
  readonly competition: string;
  readonly phase: Phase;
  readonly onGiven: (files: readonly GivenFile[]) => void;
}

/** Where a bundle is dropped, or chosen: an archive, or a whole folder. */
export function BundleDrop({ competition, phase, onGiven }: BundleDropProps) {
  const { t } = useTranslation('submit');
  const { size } = useFormat();
  const folder = useRef<HTMLInputElement>(null);
  const { getRootProps, getInputProps, open, isDragActive } = useDropzone({
    onDrop: (files) => onGiven(files),
    // The buttons are what is pressed: the whole field as one would be a button with buttons in it.
    noClick: true,
    noKeyboard: true,
    noPaste: true,
  });
  return (
    <div
      {...getRootProps({ role: 'group', 'aria-label': t('drop'), tabIndex: -1 })}
      className={styles.drop}
      data-active={isDragActive}
    >
      <input {...getInputProps({ 'aria-label': t('chooseFile') })} />
      <input
        type="file"
        ref={folder}
        hidden
        aria-label={t('chooseFolder')}
        webkitdirectory=""
        onChange={({ currentTarget }) => {
          onGiven([...(currentTarget.files ?? [])]);
          // The same folder may be chosen again, after it was mended.
          currentTarget.value = '';
        }}
      />
      <Text size="lg" fw={600}>
        {t(isDragActive ? 'dropNow' : 'drop')}
      </Text>
      <Text c="dimmed" className={styles.dropWords}>
        {t('dropNext', { limit: size(phase.limits.bundleSizeBytes) })}
      </Text>
      <Group justify="center" gap="sm" mt="md">
        <Button variant="default" onClick={open}>
          {t('chooseFile')}
        </Button>
        <Button variant="default" onClick={() => folder.current?.click()}>
          {t('chooseFolder')}
        </Button>
      </Group>
      <Text size="sm" mt="sm">
        <Link to="/competitions/$competition" params={{ competition }} hash="bundle">
          {t('bundleFormat')}
        </Link>
        {' · '}
        <Link to="/competitions/$competition" params={{ competition }} hash="starter-kit">
          {t('starterKit')}
        </Link>
      </Text>
    </div>
  );
}

declare module 'react' {
  interface InputHTMLAttributes<T> {
    /** Lets a folder be chosen in place of a file. */
    webkitdirectory?: T extends HTMLInputElement ? '' : never;
  }
}
