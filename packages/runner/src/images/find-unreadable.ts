import sharp from 'sharp';

/** The first image that can't be decoded; null where all can. */
export async function findUnreadable(images: readonly { readonly path: string }[]): Promise<string | null> {
  for (const { path } of images) {
    const isReadable = await sharp(path)
      .stats()
      .then(() => true)
      .catch(() => false);
    if (!isReadable) return path;
  }
  return null;
}
