import type { ProblemItem } from '@holdout/contracts';
import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../api/problem-error.js';
import { useServerWords } from '../../i18n/use-server-words.js';
import { Failure } from '../../parts/failure.js';
import styles from './submit-page.module.css';

interface RefusalProps {
  readonly name: string;
  readonly error: unknown;
}

/** Why a bundle can't be submitted: every problem with where it is, what was found and what was expected. */
export function Refusal({ name, error }: RefusalProps) {
  const { t } = useTranslation('submit');
  const { say } = useServerWords();
  if (!(error instanceof ProblemError)) return <Failure error={error} />;
  const { problems } = error;
  const { title, detail, next } = say(error);
  return (
    <Alert role="alert" color="red" title={t('refused', { name })}>
      <Text size="sm">
        {title} {problems.length === 0 && detail}
      </Text>
      {problems.length > 0 && <ProblemTable problems={problems} />}
      <Text size="sm" mt="xs">
        {t('whatNext', { next })}
      </Text>
    </Alert>
  );
}

function ProblemTable({ problems }: { readonly problems: readonly ProblemItem[] }) {
  const { t } = useTranslation('submit');
  const { titleOf } = useServerWords();
  return (
    <div className={styles.scroll}>
      <table className={styles.problems}>
        <caption>{t('problems', { count: problems.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('where')}</th>
            <th scope="col">{t('found')}</th>
            <th scope="col">{t('expected')}</th>
          </tr>
        </thead>
        <tbody>
          {problems.map((problem) => (
            <tr key={problem.message}>
              <th scope="row">
                {[problem.file, problem.field].filter(Boolean).join(': ') || t('wholeBundle')}
                {/* What was found is said in English; what kind of problem it is, in the reader's language. */}
                {titleOf(problem.code) && <div className={styles.kind}>{titleOf(problem.code)}</div>}
              </th>
              {problem.found && problem.expected ? (
                <>
                  <td>{problem.found}</td>
                  <td>{problem.expected}</td>
                </>
              ) : (
                <td colSpan={2}>{problem.message}</td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
