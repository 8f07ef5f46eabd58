import { parseArgs } from 'node:util';
import { type Environment, readSecretFiles } from '@holdout/secrets';
import { z } from 'zod';

const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const environmentSchema = z
  .object({
    HOLDOUT_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
    HOLDOUT_EVALUATOR_PASSWORD: z.string({ error: 'is needed' }).min(16, 'must have at least 16 characters'),
    HOLDOUT_ADMINISTRATOR_EMAIL: optional(z.email('must be an e-mail address')),
    HOLDOUT_ADMINISTRATOR_PASSWORD: optional(z.string().min(12, 'must have at least 12 characters')),
    HOLDOUT_ADMINISTRATOR_NAME: z.string().default(''),
    HOLDOUT_WAIT_SECONDS: z.coerce.number().int().min(0).max(3600).default(60),
  })
  .refine((values) => !values.HOLDOUT_ADMINISTRATOR_EMAIL || values.HOLDOUT_ADMINISTRATOR_PASSWORD, {
    path: ['HOLDOUT_ADMINISTRATOR_PASSWORD'],
    message: 'is needed with HOLDOUT_ADMINISTRATOR_EMAIL',
  });

const secretNames = ['HOLDOUT_DATABASE_URL', 'HOLDOUT_EVALUATOR_PASSWORD', 'HOLDOUT_ADMINISTRATOR_PASSWORD'];

export interface PrepareConfig {
  /** The owner's, who may create roles. */
  readonly databaseUrl: string;
  readonly evaluatorPassword: string;
  /** null: nobody is made. */
  readonly administrator: { readonly name: string; readonly email: string; readonly password: string } | null;
  /** Gives the installation another key to sign receipts by. */
  readonly newInstallationKey: boolean;
  /** How long Postgres may take to answer. */
  readonly waitSeconds: number;
}

/**
 * Reads what `prepare` needs from the environment, and its one option.
 *
 * @throws Error with one sentence that names every variable that is missing or wrong, and shows no value
 */
export function readPrepareConfig(variables: Environment, argv: readonly string[]): PrepareConfig {
  const { values: options } = parseArgs({
    args: [...argv],
    options: { 'new-installation-key': { type: 'boolean', default: false } },
  });
  const parsed = environmentSchema.safeParse(readSecretFiles(variables, secretNames));
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; '));
  }
  const values = parsed.data;
  const { HOLDOUT_ADMINISTRATOR_EMAIL: email, HOLDOUT_ADMINISTRATOR_PASSWORD: password } = values;
  return {
    databaseUrl: values.HOLDOUT_DATABASE_URL,
    evaluatorPassword: values.HOLDOUT_EVALUATOR_PASSWORD,
    administrator: email && password ? { name: values.HOLDOUT_ADMINISTRATOR_NAME || email, email, password } : null,
    newInstallationKey: options['new-installation-key'],
    waitSeconds: values.HOLDOUT_WAIT_SECONDS,
  };
}
