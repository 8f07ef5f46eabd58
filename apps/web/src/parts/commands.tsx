import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import styles from './commands.module.css';

interface CommandsProps {
  /** What they do, for a screen reader. */
  readonly label: string;
  readonly children: string;
}

/** Commands, or a file, as they are to be pasted. */
export function Commands({ label, children }: CommandsProps) {
  const { t } = useTranslation('shell');
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={styles.commands} tabIndex={0} aria-label={label}>
        <pre>
          <code>{children}</code>
        </pre>
      </section>
      <Button size="compact-xs" variant="default" className={styles.copy} onClick={() => clipboard.copy(children)}>
        {clipboard.copied ? t('copied') : t('copy')}
        <span className="heard">: {label}</span>
      </Button>
    </div>
  );
}
