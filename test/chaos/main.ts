import { parseArgs } from 'node:util';
import { runChaos } from './run-chaos.js';
import { summarise, writeResult } from './write-result.js';

// npm run test:chaos [-- --seed N --kills N --write --data DIR]: as root, on Linux, with Debian's redis-server, iproute2,
// util-linux and faketime.
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '200' },
    data: { type: 'string' },
    /** Puts the result into docs/reliability.md. */
    write: { type: 'boolean', default: false },
  },
});
const result = await runChaos({
  ...{ seed: Number(values.seed), kills: Number(values.kills), everyCell: true },
  ...(values.data === undefined ? {} : { dataDirectory: values.data }),
  say: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`\n${summarise(result)}\n`);
for (const complaint of result.complaints) process.stdout.write(`WRONG: ${complaint}\n`);
if (result.complaints.length > 0) process.stdout.write(`Everything is kept in ${result.dataDirectory}.\n`);
else if (values.write) await writeResult(result);
process.exit(result.complaints.length > 0 ? 1 : 0);
