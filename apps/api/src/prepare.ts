import { readPrepareConfig } from './provision/prepare-config.js';
import { prepareInstallation } from './provision/prepare-installation.js';

// `node apps/api/dist/prepare.js [--new-installation-key]`, before each start of a release. A process of its own, since it
// needs to know more than a server, and since of several servers that start at once only one is to do it.
try {
  const config = readPrepareConfig(process.env, process.argv.slice(2));
  await prepareInstallation(config, (sentence) => process.stdout.write(`${sentence}\n`));
} catch (error) {
  process.stderr.write(`The installation can’t be prepared: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
