import { queryOptions } from '@tanstack/react-query';
import { readAnswer } from '../../../api/request.js';
import { keyOf, type PhaseAddress, testSetPath } from './read-test-set.js';

interface ViewAddress {
  readonly version: string;
  readonly study: string;
  /** From 1. */
  readonly view: number;
}

const keptMilliseconds = 10 * 60 * 1000;

/** The pixels of an image. It is asked for once, since each time leaves a line in the log. */
export function imageQuery(address: PhaseAddress, { version, study, view }: ViewAddress) {
  const query = new URLSearchParams({ version, study, view: String(view) });
  return queryOptions({
    queryKey: [...keyOf(address), 'image', version, study, view],
    queryFn: async ({ signal }) =>
      await readPixels(await readAnswer(`${testSetPath(address, 'image')}?${query}`, { signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: keptMilliseconds,
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });
}

async function readPixels(answer: Response): Promise<ImageData> {
  const bitmap = await createImageBitmap(await answer.blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser can’t draw pictures.');
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}
