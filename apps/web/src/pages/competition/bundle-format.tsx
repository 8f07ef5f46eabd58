import { useTranslation } from 'react-i18next';
import { Commands } from '../../parts/commands.js';
import styles from './competition-page.module.css';
import type { words } from './words.en.js';

const model = `{
  "name": "My model",
  "engine": "onnx",
  "model": "model.onnx",
  "input": { "resize": "stretch", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225] },
  "output": { "activation": "sigmoid" },
  "studyAggregation": "mean",
  "threshold": 0.5
}`;

const program = `{
  "name": "My program",
  "engine": "command",
  "command": ["python3", "src/predict.py", "{images_csv}", "{predictions_csv}"],
  "environment": { "OMP_NUM_THREADS": "2" }
}`;

interface Field {
  readonly names: readonly string[];
  readonly values: Extract<keyof typeof words, `values${string}`>;
  /** What is taken where it is left out: a value, or words. */
  readonly leftOut: string | { readonly words: 'needed' | 'fromModel' | 'theOnlyOne' | 'nothing' | 'byOcclusion' };
}

const needed = { words: 'needed' } as const;
const fields: readonly Field[] = [
  { names: ['name'], values: 'valuesName', leftOut: needed },
  { names: ['engine'], values: 'valuesEngine', leftOut: needed },
  { names: ['model'], values: 'valuesModel', leftOut: needed },
  {
    names: ['input.width', 'input.height', 'input.channels', 'input.layout'],
    values: 'valuesSize',
    leftOut: { words: 'fromModel' },
  },
  { names: ['input.resize'], values: 'valuesResize', leftOut: 'stretch' },
  { names: ['input.scale', 'input.mean', 'input.std'], values: 'valuesScale', leftOut: '1/255, 0, 1' },
  { names: ['output.name', 'output.index'], values: 'valuesOutput', leftOut: { words: 'theOnlyOne' } },
  { names: ['output.activation'], values: 'valuesActivation', leftOut: 'none' },
  { names: ['studyAggregation'], values: 'valuesAggregation', leftOut: 'mean' },
  { names: ['threshold'], values: 'valuesThreshold', leftOut: '0.5' },
  { names: ['description', 'link'], values: 'valuesWords', leftOut: { words: 'nothing' } },
  { names: ['cam.features', 'cam.weights'], values: 'valuesCam', leftOut: { words: 'byOcclusion' } },
];

/** What a bundle is made of. */
export function BundleFormat() {
  const { t } = useTranslation('competition');
  return (
    <>
      <p>{t('bundleIntro')}</p>
      <h3 className={styles.example}>{t('modelExample')}</h3>
      <Commands label={`holdout.json, ${t('modelExample')}`}>{model}</Commands>
      <p />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="holdout.json">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('field')}</th>
              <th scope="col">{t('values')}</th>
              <th scope="col">{t('leftOut')}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ names, values, leftOut }) => (
              <tr key={values}>
                <th scope="row">
                  <code>{names.join(', ')}</code>
                </th>
                <td>{t(values)}</td>
                <td>{typeof leftOut === 'string' ? <code>{leftOut}</code> : t(leftOut.words)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <h3 className={styles.example}>{t('programExample')}</h3>
      <Commands label={`holdout.json, ${t('programExample')}`}>{program}</Commands>
      <p className={styles.note}>{t('programNote')}</p>
    </>
  );
}
