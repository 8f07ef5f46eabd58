import type { FilteredSubmission } from '@holdout/contracts';
import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ActDialog, type SubmissionAct } from './act-dialog.js';
import { HiddenLog } from './hidden-log.js';
import { isUnderWay } from './read-submissions.js';

interface SubmissionActsProps {
  readonly competition: string;
  readonly submission: FilteredSubmission;
}

/** What can be done with a submission as it stands now; each act is asked for once more before it is done. */
export function SubmissionActs({ competition, submission }: SubmissionActsProps) {
  const { t } = useTranslation('organise');
  const [act, setAct] = useState<SubmissionAct | null>(null);
  const [readsLog, setReadsLog] = useState(false);
  const acts = listActs(submission);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-xs" variant="default" aria-label={t('actsOn', { name: submission.name })}>
            …
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {acts.map((each) => (
            <Menu.Item key={each} onClick={() => setAct(each)}>
              {t(`act_${each}`)}
            </Menu.Item>
          ))}
          {submission.engine !== null && <Menu.Item onClick={() => setReadsLog(true)}>{t('readHiddenLog')}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {act && <ActDialog competition={competition} submission={submission} act={act} onClose={() => setAct(null)} />}
      {readsLog && <HiddenLog submission={submission} onClose={() => setReadsLog(false)} />}
    </>
  );
}

function listActs({ state, standing, engine }: FilteredSubmission): SubmissionAct[] {
  return [
    ...(isUnderWay(state) ? (['cancel'] as const) : []),
    ...(engine !== null && !isUnderWay(state) ? (['rerun'] as const) : []),
    ...(standing === 'counted' ? (['withdraw', 'disqualify'] as const) : (['restore'] as const)),
  ];
}
