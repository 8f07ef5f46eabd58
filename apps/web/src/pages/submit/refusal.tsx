import type { ErrorCode, ProblemItem } from '@holdout/contracts';
import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../../api/problem-error.js';
import { useFormat } from '../../format/use-format.js';
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
  const { sentences } = useFormat();
  if (!(error instanceof ProblemError)) return <Failure error={error} />;
  const { problems } = error;
  const { title, detail, next } = say(error);
  return (
    <Alert role="alert" color="red" title={t('refused', { name })}>
      <Text size="sm">{sentences([title, problems.length === 0 && detail])}</Text>
      {problems.length > 0 && <ProblemTable problems={problems} code={error.code} />}
      <Text size="sm" mt="xs">
        {t('whatNext', { next })}
      </Text>
    </Alert>
  );
}

interface ProblemTableProps {
  readonly problems: readonly ProblemItem[];
  /** Of the whole, which is said above. */
  readonly code: ErrorCode;
}

function ProblemTable({ problems, code }: ProblemTableProps) {
  const { t } = useTranslation('submit');
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
            <ProblemRow key={problem.message} problem={problem} isOther={problem.code !== code} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ProblemRow({ problem, isOther }: { readonly problem: ProblemItem; readonly isOther: boolean }) {
  const { t } = useTranslation('submit');
  const { titleOf, sayProblem } = useServerWords();
  const { found, expected } = sayProblem(problem);
  return (
    <tr>
      <th scope="row">
        {[problem.file, problem.field].filter(Boolean).join(': ') || t('wholeBundle')}
        {/* English titles say what the two cells say. */}
        {isOther && titleOf(problem.code) && <div className={styles.kind}>{titleOf(problem.code)}</div>}
      </th>
      {found && expected ? (
        <>
          <td>{found}</td>
          <td>{expected}</td>
        </>
      ) : (
        <td colSpan={2}>{problem.message}</td>
      )}
    </tr>
  );
}
