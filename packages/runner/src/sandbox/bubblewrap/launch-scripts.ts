/**
 * Shell that runs before bubblewrap, as whoever runs the worker: `sh -c SCRIPT sh ARGUMENTS… COMMAND…`. Each ends by
 * becoming the command, so that there is one process from the first to the last.
 */

/** Arguments: how many control groups, and the file of each to enter it by. */
export const enterGroups = `
count=$1
shift
while [ "$count" -gt 0 ]; do
  echo $$ > "$1" || exit 125
  shift
  count=$((count - 1))
done
exec "$@"`;

/**
 * Only for root, in a mount namespace of its own. The sandbox's account may not walk through folders such as \`/root\`, so
 * whatever it is to see is mounted in one folder that it may enter.
 *
 * Arguments: that folder, how many things, and the path of each. The first appears in the folder as \`1\`.
 */
export const stageMounts = `
set -e
stage=$1
count=$2
shift 2
mount -t tmpfs -o mode=0755,size=1m,nosuid,nodev tmpfs "$stage"
place=0
while [ "$place" -lt "$count" ]; do
  place=$((place + 1))
  if [ -d "$1" ]; then mkdir "$stage/$place"; else : > "$stage/$place"; fi
  mount --bind "$1" "$stage/$place"
  shift
done
exec "$@"`;
