import type { Competition, Phase } from '@holdout/contracts';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import styles from './submit-page.module.css';

interface PhaseLinksProps {
  readonly competition: Competition;
  readonly chosen: Phase;
}

/** The phases that one can submit to; nothing where there is only this one. */
export function PhaseLinks({ competition: { competition, phases }, chosen }: PhaseLinksProps) {
  const { t } = useTranslation('submit');
  if (phases.length < 2) return null;
  return (
    <nav aria-label={t('phase')} className={styles.phases}>
      {phases.map(({ phase, title }) => (
        <Link
          key={phase}
          to="/competitions/$competition/phases/$phase/submit"
          params={{ competition, phase }}
          aria-current={phase === chosen.phase ? 'page' : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
