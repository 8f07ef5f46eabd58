import { Text } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { YamlFault } from './read-yaml.js';
import styles from './yaml-editor.module.css';

interface YamlEditorProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly fault: YamlFault | null;
}

/** A plain text field, which every browser and screen reader knows, with the numbers of its lines. */
export function YamlEditor({ text, onText, fault }: YamlEditorProps) {
  const { t } = useTranslation('organise');
  const faultId = useId();
  const lines = text.split('\n').length;
  return (
    <>
      <div className={styles.editor}>
        <div className={styles.numbers} aria-hidden="true">
          {Array.from({ length: lines }, (_, line) => line + 1).join('\n')}
        </div>
        <textarea
          className={styles.text}
          aria-label={t('yamlFile')}
          aria-invalid={fault !== null}
          aria-describedby={faultId}
          rows={lines}
          wrap="off"
          spellCheck={false}
          value={text}
          onChange={({ currentTarget: { value } }) => onText(value)}
        />
      </div>
      <Text id={faultId} size="sm" c="var(--mantine-color-error)" role="status" mt={4}>
        {fault && t('faultAt', { line: fault.line, column: fault.column, fault: t(`fault_${fault.kind}`) })}
      </Text>
    </>
  );
}
