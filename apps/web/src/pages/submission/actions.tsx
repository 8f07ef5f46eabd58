import type { Phase, Submission } from '@holdout/contracts';
import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isFinalState } from '../../api/contracts.js';
import { apiPath } from '../../api/request.js';
import { cancelSubmission, chooseSubmission, submissionQuery } from '../../api/submissions.js';
import { Failure } from '../../parts/failure.js';

interface ActionsProps {
  readonly submission: Submission;
  /** undefined until the competition is known. */
  readonly phase: Phase | undefined;
}

/** What its team can do with a submission: cancel it, let it count, keep its receipt, submit another. */
export function Actions({ submission, phase }: ActionsProps) {
  const { t } = useTranslation('submission');
  const { id, state, chosen, score, competition } = submission;
  const queries = useQueryClient();
  const onSuccess = (now: Submission) => queries.setQueryData(submissionQuery(id).queryKey, now);
  const choose = useMutation({ mutationFn: () => chooseSubmission(id, !chosen), onSuccess });
  const mayChoose = state === 'scored' && typeof phase?.counted === 'object';
  return (
    <div>
      <Group gap="sm" mb="sm">
        {!isFinalState(state) && <CancelButton id={id} onSuccess={onSuccess} />}
        {mayChoose && (
          <Button variant="default" loading={choose.isPending} onClick={() => choose.mutate()}>
            {t(chosen ? 'unchoose' : 'choose')}
          </Button>
        )}
        {score && (
          <Button component="a" variant="default" href={apiPath('submissions', id, 'receipt')} download>
            {t('receipt')}
          </Button>
        )}
        {isFinalState(state) && phase?.window === 'open' && (
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/competitions/$competition/phases/$phase/submit"
                params={{ competition, phase: phase.phase }}
              />
            )}
          >
            {t('submitAnother')}
          </Button>
        )}
        {chosen && <Text>{t('chosen')}</Text>}
      </Group>
      {choose.error && <Failure error={choose.error} />}
    </div>
  );
}

interface CancelButtonProps {
  readonly id: string;
  readonly onSuccess: (now: Submission) => void;
}

/** Asks once more: what is cancelled can't be taken up again. */
function CancelButton({ id, onSuccess }: CancelButtonProps) {
  const { t } = useTranslation('submission');
  const [isAsking, setAsking] = useState(false);
  const cancel = useMutation({ mutationFn: () => cancelSubmission(id), onSuccess });
  if (cancel.error) return <Failure error={cancel.error} />;
  if (!isAsking) {
    return (
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('cancel')}
      </Button>
    );
  }
  return (
    <Group gap="sm" role="group" aria-label={t('cancelSure')}>
      <Text>{t('cancelSure')}</Text>
      <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate()}>
        {t('cancelYes')}
      </Button>
      <Button variant="default" autoFocus onClick={() => setAsking(false)}>
        {t('cancelNo')}
      </Button>
    </Group>
  );
}
