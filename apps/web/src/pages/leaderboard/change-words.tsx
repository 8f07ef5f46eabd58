import { useTranslation } from 'react-i18next';
import { formatKappa } from '../../boards/format-value.js';
import { useFormat } from '../../format/use-format.js';
import { useNames } from '../../format/use-names.js';
import type { ChangeReason, RankChange } from './explain-change.js';

const teamWords = {
  newAbove: 'reasonNewAbove',
  passedBy: 'reasonPassedBy',
  fellBehind: 'reasonFellBehind',
  left: 'reasonLeft',
} as const;

/** What became of an entry since the past board that is shown, in words. */
export function ChangeWords({ change }: { readonly change: RankChange }) {
  const { t } = useTranslation('leaderboard');
  const say = useReasons();
  const { from, to, reasons } = change;
  if (from === to && reasons.length === 0) return t('asItWas');
  const places =
    from === to
      ? t('stillPlace', { place: to ?? t('placeUnranked') })
      : t('places', { from: from ?? t('placeUnranked'), to: to ?? t('placeOff') });
  return [places, ...reasons.map(say)].join(' · ');
}

function useReasons(): (reason: ChangeReason) => string {
  const { t } = useTranslation('leaderboard');
  const format = useFormat();
  const names = useNames();
  const show = (kappa: number | null) => (kappa === null ? t('undefinedKappa') : formatKappa(kappa));
  return (reason) => {
    switch (reason.kind) {
      case 'gone':
        return t('reasonGone');
      case 'rules': {
        const metrics = reason.by.map(names.metric).reduce((first, second) => t('thenBy', { first, second }));
        return t('reasonRules', { metrics });
      }
      case 'otherEntry':
      case 'newVersion':
      case 'evaluatedAnew': {
        const [before, after] = [show(reason.kappas[0]), show(reason.kappas[1])];
        if (reason.kind === 'otherEntry') return t('reasonOtherEntry', { name: reason.name, before, after });
        return t(reason.kind === 'newVersion' ? 'reasonNewVersion' : 'reasonEvaluatedAnew', { before, after });
      }
      default: {
        const more = reason.more > 0 ? [t('moreTeams', { count: reason.more })] : [];
        return t(teamWords[reason.kind], { teams: format.list([...reason.teams, ...more]) });
      }
    }
  };
}
