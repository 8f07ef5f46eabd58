import { Anchor, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { competitionQuery } from '../../api/competitions.js';
import { JoinCompetition } from '../../joining/join-competition.js';
import { Failure } from '../../parts/failure.js';
import { Loading } from '../../parts/loading.js';
import { Markdown } from '../../parts/markdown.js';
import { useTitle } from '../../parts/use-title.js';
import { BundleFormat } from './bundle-format.js';
import styles from './competition-page.module.css';
import { DataLinks } from './data-links.js';
import { Limits } from './limits.js';
import { phaseToBegin } from './phase-select.js';
import { PhaseTimeline } from './phase-timeline.js';
import { Readers } from './readers.js';
import { StarterKit } from './starter-kit.js';
import { TakePart } from './take-part.js';

const route = getRouteApi('/competitions/$competition');
const sections = ['rules', 'phases', 'limits', 'readers', 'data', 'starterKit', 'takePart', 'bundle'] as const;
type SectionName = (typeof sections)[number];

/** What a competition is about, and how one takes part in it. */
export function Page() {
  const { t } = useTranslation('competition');
  const { competition: slug } = route.useParams();
  const { data: competition, error, refetch } = useQuery(competitionQuery(slug));
  const [chosenPhase, setChosenPhase] = useState<string>();
  useTitle(competition?.title);
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!competition) return <Loading lines={10} />;
  const { title, description, rules, data, phases } = competition;
  const phase = chosenPhase ?? phaseToBegin(phases);
  // One choice for all commands of the page.
  const choice = phase !== undefined && { competition: slug, phases, phase, onPhase: setChosenPhase };
  return (
    <div className={styles.page}>
      <Title size="h2" mb="xs">
        {title}
      </Title>
      {description !== '' && <Markdown>{description}</Markdown>}
      <p>
        <Link to="/competitions/$competition/leaderboard" params={{ competition: slug }}>
          {t('toLeaderboard')}
        </Link>
      </p>
      <nav aria-label={t('contents')} className={styles.contents}>
        {sections.map((section) => (
          <Anchor key={section} href={`#${toId(section)}`} size="sm">
            {t(section)}
          </Anchor>
        ))}
      </nav>
      <Section name="rules">{rules === '' ? <p>{t('noRules')}</p> : <Markdown>{rules}</Markdown>}</Section>
      <Section name="phases">
        <PhaseTimeline phases={phases} />
      </Section>
      <Section name="limits">
        <Limits phases={phases} />
      </Section>
      <Section name="readers">
        <Readers competition={competition} />
      </Section>
      <Section name="data">
        <DataLinks data={data} />
      </Section>
      <Section name="starterKit">{choice ? <StarterKit {...choice} /> : <p>{t('noKit')}</p>}</Section>
      <Section name="takePart">
        <JoinCompetition competition={competition} showsRules={false} />
        {choice && <TakePart {...choice} />}
      </Section>
      <Section name="bundle">
        <BundleFormat />
      </Section>
    </div>
  );
}

function Section({ name, children }: { readonly name: SectionName; readonly children: ReactNode }) {
  const { t } = useTranslation('competition');
  const id = toId(name);
  return (
    <section id={id} aria-labelledby={`${id}-title`} className={styles.section}>
      <Title order={2} size="h4" id={`${id}-title`} mb="xs">
        {t(name)}
      </Title>
      {children}
    </section>
  );
}

/** `takePart` → `take-part` */
function toId(section: SectionName): string {
  return section.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
