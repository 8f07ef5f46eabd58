import { fileURLToPath } from 'node:url';

export { evaluatorUrl, findCompetition } from '@holdout/db';
export { applyCompetition } from './competitions/apply-competition.js';
export { addReferenceEntries } from './provision/add-reference-entries.js';
export { createOrganiserToken, createTeamWithToken } from './provision/create-token.js';
export { openProvisioning, type Provisioning } from './provision/open-provisioning.js';
export { prepareDatabase } from './provision/prepare-database.js';
export { provideStarterBundles } from './provision/provide-starter-bundles.js';
export { provideSiteAdmin, provideTeamOwner } from './provision/provide-user.js';
export { type ImportedStudy, importTestSet } from './test-sets/import-test-set.js';

/** The server's program, for whoever starts it as a process of its own. */
export const apiProgram = fileURLToPath(new URL('server.js', import.meta.url));
