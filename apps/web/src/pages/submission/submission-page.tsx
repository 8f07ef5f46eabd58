import type { Submission } from '@holdout/contracts';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { competitionQuery } from '../../api/competitions.js';
import { isFinalState } from '../../api/contracts.js';
import { submissionQuery } from '../../api/submissions.js';
import { useFormat } from '../../format/use-format.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { PageHeading } from '../../parts/page-heading.js';
import { useTitle } from '../../parts/use-title.js';
import { Actions } from './actions.js';
import { Basis } from './basis.js';
import { CheckLog } from './check-log.js';
import { Outcome } from './outcome.js';
import { QueuePlace } from './queue-place.js';
import { RunProgress } from './run-progress.js';
import { ScoreSections } from './score-sections.js';
import { StateBadge } from './state-badge.js';
import { StateTimeline } from './state-timeline.js';
import styles from './submission-page.module.css';
import { useSubmissionEvents } from './use-submission-events.js';

const HeatMaps = lazy(async () => ({ default: (await import('./heat-maps.js')).HeatMaps }));
const route = getRouteApi('/submissions/$id');

/** One submission: where it is, what it says, what came of it. */
export function Page() {
  const { id } = route.useParams();
  const { data: submission, error, refetch } = useQuery(submissionQuery(id));
  useTitle(submission?.name);
  if (error && !submission) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!submission) return <Loading lines={8} />;
  return <SubmissionView key={id} submission={submission} />;
}

function SubmissionView({ submission }: { readonly submission: Submission }) {
  const { t } = useTranslation('submission');
  const { commas } = useFormat();
  const { lines, connection } = useSubmissionEvents(submission.id);
  const { data: competition } = useQuery(competitionQuery(submission.competition));
  const phase = competition?.phases.find((each) => each.phase === submission.phase);
  const hasEnded = isFinalState(submission.state);
  const params = { competition: submission.competition };
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <PageHeading>{submission.name}</PageHeading>
          <p className={styles.note}>
            {t('byTeam', { team: submission.team })}
            {' · '}
            <Link to="/competitions/$competition/leaderboard" params={params} search={{ phase: submission.phase }}>
              {commas([competition?.title ?? submission.competition, phase?.title ?? submission.phase])}
            </Link>
          </p>
        </div>
        <StateBadge state={submission.state} large />
      </header>
      <Actions submission={submission} phase={phase} />
      <StateTimeline submission={submission} connection={hasEnded ? null : connection} />
      {!hasEnded && <QueuePlace submission={submission} />}
      <RunProgress submission={submission} />
      <Outcome submission={submission} />
      {submission.score && <ScoreSections submission={submission} phase={phase} />}
      {submission.bundleDigest !== null && submission.state === 'scored' && (
        <Suspense fallback={<Loading lines={3} />}>
          <HeatMaps submission={submission} />
        </Suspense>
      )}
      {submission.bundleDigest !== null && <CheckLog submission={submission} lines={lines} />}
      <Basis submission={submission} />
      <p>
        <Link to="/competitions/$competition/submissions" params={params}>
          {t('toAll')}
        </Link>
      </p>
    </div>
  );
}
