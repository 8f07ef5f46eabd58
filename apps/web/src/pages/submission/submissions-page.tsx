import type { Competition, Submission } from '@holdout/contracts';
import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { competitionQuery } from '../../api/competitions.js';
import { isFinalState } from '../../api/contracts.js';
import { meQuery } from '../../api/me.js';
import { ownSubmissionsQuery } from '../../api/submissions.js';
import { formatKappa } from '../../boards/format-value.js';
import { useFormat } from '../../format/use-format.js';
import { Empty } from '../../parts/empty.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';
import { StateBadge } from './state-badge.js';
import styles from './submission-page.module.css';

const route = getRouteApi('/competitions/$competition/submissions');
/** While something is under way, the list is asked for again. */
const refreshMilliseconds = 5000;

/** What the reader's team has submitted to a competition, the latest first. */
export function Page() {
  const { t } = useTranslation('submission');
  const { competition: slug } = route.useParams();
  const { data: competition, error, refetch } = useQuery(competitionQuery(slug));
  useTitle(competition && t('listOf', { competition: competition.title }));
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!competition) return <Loading />;
  return (
    <div className={styles.page}>
      <PageHeading>{t('listTitle')}</PageHeading>
      <Group my="md" gap="sm">
        {competition.phases
          .filter(({ window }) => window === 'open')
          .map(({ phase, title }) => (
            <Button
              key={phase}
              variant="default"
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/competitions/$competition/phases/$phase/submit"
                  params={{ competition: slug, phase }}
                />
              )}
            >
              {t('submitTo', { phase: title })}
            </Button>
          ))}
      </Group>
      <OwnSubmissions competition={competition} />
    </div>
  );
}

function OwnSubmissions({ competition }: { readonly competition: Competition }) {
  const { t } = useTranslation('submission');
  const slug = competition.competition;
  const { data: me } = useQuery(meQuery);
  const { data, error, refetch } = useQuery({
    ...ownSubmissionsQuery(slug),
    enabled: me !== undefined && me.user !== null,
    refetchInterval: ({ state }) =>
      state.data?.some((each) => !isFinalState(each.state)) ? refreshMilliseconds : false,
  });
  if (me?.user === null) {
    return (
      <Empty title={t('listNobody')}>
        <Link to="/sign-in" search={{ next: location.pathname }}>
          {t('signIn')}
        </Link>
      </Empty>
    );
  }
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <Empty title={t('listNone')}>{t('listNoneNext')}</Empty>;
  return <SubmissionTable competition={competition} submissions={data} />;
}

interface SubmissionTableProps {
  readonly competition: Competition;
  readonly submissions: readonly Submission[];
}

function SubmissionTable({ competition: { phases }, submissions }: SubmissionTableProps) {
  const { t } = useTranslation('submission');
  const { dateTime } = useFormat();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={`more-aside ${styles.scroll}`} tabIndex={0} aria-label={t('listTitle')}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('model')}</th>
            <th scope="col" className={styles.atDesk}>
              {t('phase')}
            </th>
            <th scope="col">{t('state')}</th>
            <th scope="col">{t('kappa')}</th>
            <th scope="col">{t('submittedAt')}</th>
          </tr>
        </thead>
        <tbody>
          {submissions.map(({ id, name, phase: slug, state, score, submittedAt }) => {
            const phase = phases.find((each) => each.phase === slug);
            const kappa = score?.overall.kappa.value;
            return (
              <tr key={id}>
                <th scope="row">
                  <Link to="/submissions/$id" params={{ id }}>
                    {name}
                  </Link>
                  <span className={`${styles.bounds} ${styles.onPhone}`}>{phase?.title ?? slug}</span>
                </th>
                <td className={styles.atDesk}>{phase?.title ?? slug}</td>
                <td>
                  <StateBadge state={state} />
                </td>
                <td>
                  {kappa === undefined || kappa === null ? '—' : formatKappa(kappa, phase?.release.decimals ?? null)}
                </td>
                <td className={styles.moment}>{dateTime(submittedAt)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
