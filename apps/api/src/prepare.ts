import { readPrepareConfig } from './provision/prepare-config.js';
import { prepareInstallation } from './provision/prepare-installation.js';

// Run before each start of a release: `node apps/api/dist/prepare.js`. A process of its own, since it connects as the
// owner of the database, and since several servers that start at once need it done once.
try {
  await prepareInstallation(readPrepareConfig(process.env), (sentence) => process.stdout.write(`${sentence}\n`));
} catch (error) {
  process.stderr.write(`The installation can’t be prepared: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
