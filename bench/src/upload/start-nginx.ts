import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@holdout/local-postgres';
import type { StartedServer } from '../leaderboard/start-load.js';

/** nginx as a server of files by WebDAV, with what it receives in `directory`; Debian's package nginx has the module. */
export async function startNginx(directory: string): Promise<StartedServer> {
  await mkdir(join(directory, 'files'), { recursive: true });
  const port = await findFreePort();
  const configuration = join(directory, 'nginx.conf');
  await writeFile(
    configuration,
    `daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log ${directory}/error.log;
    user root;
    events {}
    http {
      access_log off; client_max_body_size 0; client_body_temp_path ${directory}/files/coming;
      server { listen 127.0.0.1:${port}; location / { root ${directory}/files; dav_methods PUT; } }
    }`,
  );
  const child = spawn('/usr/sbin/nginx', ['-c', configuration, '-e', join(directory, 'error.log')], {
    stdio: 'inherit',
  });
  const url = `http://127.0.0.1:${port}`;
  for (let time = 0; time < 100 && child.exitCode === null; time++) {
    const answers = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answers) {
      return {
        url,
        async stop() {
          child.kill('SIGTERM');
          if (child.exitCode === null) await once(child, 'exit');
        },
      };
    }
    await sleep(100);
  }
  throw new Error('nginx does not answer. Is the Debian package nginx installed?');
}
