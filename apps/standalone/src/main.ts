import { createWriteStream } from 'node:fs';
import { checkPort } from './check-port.js';
import { takeDataDirectory } from './data-directory.js';
import { provideDemoCompetition } from './demo/competition.js';
import { submitDemoBundles } from './demo/submit-bundles.js';
import { type Options, readOptions, usage } from './options.js';
import { say } from './say.js';
import { sayPerson, sayWelcome } from './say-welcome.js';
import { startParts } from './start-parts.js';

/** From nothing to a live leaderboard on this machine; stays until Ctrl-C. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const interrupted = waitForInterrupt();
  const stop = await start(options, interrupted);
  await interrupted;
  say('Stopping …');
  await stop();
  say('Stopped. Everything is kept; npm start goes on from here.');
}

/** Whatever was started is stopped again where something after it fails. */
async function start(options: Options, interrupted: Promise<void>): Promise<() => Promise<void>> {
  await checkPort(options);
  const directory = await takeDataDirectory(options.dataDirectory);
  const log = createWriteStream(directory.log, { flags: 'a', mode: 0o600 });
  const closers: (() => Promise<void>)[] = [directory.release];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const parts = await startParts(options, directory, (line) => log.write(`${line}\n`), closers);
    say(`The page is up: ${parts.address}`);
    if (options.restore !== undefined)
      say('The demo accounts have new passwords here; tokens of the backup still hold.');
    const provided = provideDemoCompetition(parts, { onPerson: sayPerson });
    const demo = await Promise.race([provided, interrupted.then(() => null)]);
    if (demo === null) return stop;
    await Promise.race([submitDemoBundles(parts.address, demo), interrupted]);
    await Promise.race([sayWelcome(parts.address, demo), interrupted]);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settles at the first Ctrl-C or SIGTERM; the second one ends the process at once. */
function waitForInterrupt(): Promise<void> {
  return new Promise((interrupted) => {
    let count = 0;
    const onSignal = () => {
      count += 1;
      if (count > 1) process.exit(130);
      interrupted();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env.HOLDOUT_LOG_LEVEL === 'debug') process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
