import { packFiles } from '../make-bundle.js';
import { makePng } from '../make-png.js';

/** An archive that can be imported: six studies in MURA's folders, and what three readers said of them. */
export async function zipImport(): Promise<Buffer> {
  const studies = Array.from({ length: 6 }, (_, place) => `XR_WRIST/patient${20_000 + place}/study1`);
  const images = studies.map((study, place): [string, Buffer] => [`${study}/image1.png`, makePng(18, 18, 120 + place)]);
  const labels = ['study,Ann,Bob,Cy', ...studies.map((study, place) => `${study},${place % 2},1,0`)].join('\n');
  return await packFiles({ ...Object.fromEntries(images), 'labels.csv': labels });
}
