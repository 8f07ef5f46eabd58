import type { HeatMapArea, ResolvedModelManifest } from '@holdout/contracts';
import sharp from 'sharp';

/**
 * Which part of an image file the model's input shows, in shares of the image's sides: all of it where it is stretched,
 * more than that with margins, and less where its ends are cut off.
 */
export async function findArea(path: string, input: ResolvedModelManifest['input']): Promise<HeatMapArea> {
  const { width, height } = await sharp(path).metadata();
  if (input.resize === 'stretch') return { left: 0, top: 0, width: 1, height: 1 };
  const scales = [input.width / width, input.height / height];
  const scale = input.resize === 'contain' ? Math.min(...scales) : Math.max(...scales);
  const [across, down] = [input.width / scale / width, input.height / scale / height];
  return { left: (1 - across) / 2, top: (1 - down) / 2, width: across, height: down };
}
