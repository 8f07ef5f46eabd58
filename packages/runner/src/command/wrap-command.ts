import type { ResolvedCommandManifest, RunLimits } from '@holdout/contracts';
import { commandPlaceholders } from '@holdout/contracts';

/** As the official competition called them; relative to the working directory. */
export const imagesFile = 'valid_image_paths.csv';
export const predictionsFile = 'predictions.csv';
/** Where the bundle's files are, read-only. */
export const bundleFolder = '/opt/holdout/bundle';

/**
 * Runs inside the sandbox around a team's program. All that the program prints goes to standard error, and what this says
 * of it to standard output: that it has begun; a line with its exit code, the scratch space it left in use in KiB, what
 * stands where the predictions should be, and its size; and then the predictions. What is printed goes through a pipe, since
 * our own end is a socket, which `/dev/stderr` can't be opened by; what still holds that pipe when the program has ended
 * is waited for no longer than a second. Whatever the program does to this script, its team only deceives itself: nothing
 * here is believed that its program could not have written itself.
 */
const script = `
exec 3>&1 1>&2
echo begun >&3
cp "$1" ${bundleFolder}/. . || exit 1
most=$2
shift 2
mkfifo .tmp/printed
cat .tmp/printed >&2 3>&- &
reader=$!
"$@" < /dev/null > .tmp/printed 2>&1 3>&-
code=$?
(sleep 1; kill "$reader") > /dev/null 2>&1 3>&- &
wait "$reader"
file=${predictionsFile}
size=0
if [ -L "$file" ]; then kind=link
elif [ ! -e "$file" ]; then kind=nothing
elif [ -d "$file" ]; then kind=folder
elif [ ! -f "$file" ]; then kind=special
elif [ ! -r "$file" ]; then kind=unreadable
else
  kind=file
  size=$(stat -c %s "$file")
fi
set -- $(df -kP . | tail -n 1)
echo "ended $code $3 $kind $size" >&3
if [ "$kind" = file ] && [ "$size" -le "$most" ]; then head -c "$most" "$file" >&3; fi
exit "$code"
`;

/**
 * The program to start in the sandbox for a team's command.
 *
 * The bundle's files are copied into its working directory, which counts as scratch space; of a large bundle the folders
 * are made there, and each file is a link. A program may then write anywhere, as it may on a machine of its own.
 *
 * @param environment - variables for the command alone: what runs before it must not be led by them
 */
export function wrapCommand(
  { command, environment }: Pick<ResolvedCommandManifest, 'command' | 'environment'>,
  { outputSizeBytes, scratchSizeBytes }: RunLimits,
  bundleSizeBytes: number,
): string[] {
  const words = command.map((word) =>
    word
      .replaceAll(commandPlaceholders.images, imagesFile)
      .replaceAll(commandPlaceholders.predictions, predictionsFile),
  );
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const copy = bundleSizeBytes <= Math.min(mostCopiedBytes, scratchSizeBytes / 4) ? '-r' : '-rs';
  return ['/bin/sh', '-c', script, 'sh', copy, String(outputSizeBytes), '/usr/bin/env', '--', ...variables, ...words];
}

const mostCopiedBytes = 64 * 1024 ** 2;

/** What the script said. */
export interface CommandReport {
  readonly exitCode: number;
  readonly scratchUsedBytes: number;
  readonly kind: 'file' | 'link' | 'nothing' | 'folder' | 'special' | 'unreadable';
  readonly sizeBytes: number;
  /** Empty where they are no file, or too large. */
  readonly predictions: Uint8Array;
}

const reportPattern = /^ended (\d+) (\d+) (file|link|nothing|folder|special|unreadable) (\d+)$/;

/** @returns whether the program has begun, and the report where there is one */
export function readReport(output: Buffer): { hasBegun: boolean; report: CommandReport | null } {
  const firstEnd = output.indexOf('\n');
  const hasBegun = output.subarray(0, Math.max(0, firstEnd)).toString('latin1') === 'begun';
  const secondEnd = output.indexOf('\n', firstEnd + 1);
  if (!hasBegun || secondEnd < 0) return { hasBegun, report: null };
  const match = reportPattern.exec(output.subarray(firstEnd + 1, secondEnd).toString('latin1'));
  if (!match) return { hasBegun, report: null };
  const [, exitCode, used, kind, size] = match;
  return {
    hasBegun,
    report: {
      exitCode: Number(exitCode),
      scratchUsedBytes: Number(used) * 1024,
      kind: kind as CommandReport['kind'],
      sizeBytes: Number(size),
      predictions: output.subarray(secondEnd + 1),
    },
  };
}
