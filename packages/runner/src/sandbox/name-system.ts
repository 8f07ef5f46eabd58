import { readFileSync } from 'node:fs';
import { release, type } from 'node:os';

/** What a program without an image of its own finds around it: `Debian GNU/Linux 12 (bookworm)`. */
export function nameSystem(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    if (name) return name;
  } catch {
    // Not every system says its name there.
  }
  return `${type()} ${release()}`;
}
