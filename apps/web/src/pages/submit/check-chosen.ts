import { type BundleFiles, checkBundle, openArchive, openBlobSource, openFiles, packBundle } from '@holdout/bundle';
import { HoldoutError, makeSentence, type ResolvedManifest, showOverLimit } from '@holdout/contracts';
import type { Chosen } from './read-chosen.js';

/** A bundle that the server's own check lets through, as it will be sent. */
export interface ReadyBundle {
  readonly file: File;
  readonly name: string;
  readonly engine: ResolvedManifest['engine'];
  readonly files: number;
  /** What a desktop left behind and is passed over. */
  readonly litter: readonly string[];
}

/**
 * Checks what was chosen by the server's own code, and packs it where it is a folder.
 *
 * @param limitBytes - what the phase lets an archive have
 * @throws HoldoutError with every problem that was found
 */
export async function checkChosen(chosen: Chosen, limitBytes: number): Promise<ReadyBundle> {
  if (chosen.kind === 'archive') {
    const { file } = chosen;
    refuseTooLarge(file, limitBytes);
    return { file, ...(await describe(await openArchive(openBlobSource(file)))) };
  }
  const files = openFiles(chosen.files);
  const described = await describe(files);
  const packed = await new Response(packBundle(files)).blob();
  refuseTooLarge(packed, limitBytes);
  // As an archive it may be refused for one thing more: how much smaller it is than its contents.
  await openArchive(openBlobSource(packed));
  const file = new File([packed], `${chosen.name}.zip`, { type: 'application/zip', lastModified: chosen.changedAt });
  return { file, ...described };
}

function refuseTooLarge({ size }: Blob, limitBytes: number): void {
  if (size <= limitBytes) return;
  const [found, limit] = showOverLimit(size, limitBytes);
  throw new HoldoutError('upload_too_large', {
    sentences: [makeSentence('upload_size', { found, limit })],
  });
}

async function describe(bundle: BundleFiles): Promise<Omit<ReadyBundle, 'file'>> {
  const { manifest, files } = await checkBundle(bundle);
  return { name: manifest.name, engine: manifest.engine, files: files.files.length, litter: bundle.litter };
}
