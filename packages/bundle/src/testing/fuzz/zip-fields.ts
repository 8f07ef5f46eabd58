/** A number, or a name, of a zip's headers. */
export interface ZipField {
  readonly name: string;
  readonly offset: number;
  readonly width: number;
}

type Layout = readonly (readonly [name: string, offset: number, width: number])[];

/** From APPNOTE 6.3.10, 4.3.7: the local header. */
const localHeader: Layout = [
  ['version', 4, 2],
  ['flags', 6, 2],
  ['method', 8, 2],
  ['checksum', 14, 4],
  ['packed size', 18, 4],
  ['size', 22, 4],
  ['name length', 26, 2],
  ['extra length', 28, 2],
];
/** 4.3.12: an entry of the central directory. */
const directoryEntry: Layout = [
  ['made by', 4, 2],
  ['flags', 8, 2],
  ['method', 10, 2],
  ['checksum', 16, 4],
  ['packed size', 20, 4],
  ['size', 24, 4],
  ['name length', 28, 2],
  ['extra length', 30, 2],
  ['comment length', 32, 2],
  ['disk', 34, 2],
  ['attributes', 38, 4],
  ['offset', 42, 4],
];
/** 4.3.16: the end of the central directory. */
const end: Layout = [
  ['disk', 4, 2],
  ['entries here', 8, 2],
  ['entries', 10, 2],
  ['directory size', 12, 4],
  ['directory offset', 16, 4],
  ['comment length', 20, 2],
];
/** 4.3.14 and 4.3.15: the same of Zip64, and the way to it. */
const zip64End: Layout = [
  ['record size', 4, 8],
  ['entries here', 24, 8],
  ['entries', 32, 8],
  ['directory size', 40, 8],
  ['directory offset', 48, 8],
];
const zip64Locator: Layout = [
  ['disk', 4, 4],
  ['offset', 8, 8],
  ['disks', 16, 4],
];
/** 4.3.9: what stands behind the contents where their size was not known before. */
const dataDescriptor: Layout = [
  ['checksum', 4, 4],
  ['packed size', 8, 4],
  ['size', 12, 4],
];

const records: readonly { signature: number; what: string; layout: Layout; nameAt?: number; lengthAt?: number }[] = [
  { signature: 0x04034b50, what: 'local', layout: localHeader, nameAt: 30, lengthAt: 26 },
  { signature: 0x02014b50, what: 'directory', layout: directoryEntry, nameAt: 46, lengthAt: 28 },
  { signature: 0x06054b50, what: 'end', layout: end },
  { signature: 0x06064b50, what: 'zip64 end', layout: zip64End },
  { signature: 0x07064b50, what: 'zip64 locator', layout: zip64Locator },
  { signature: 0x08074b50, what: 'descriptor', layout: dataDescriptor },
];

/** Every field of the headers of a sound zip, found by the signatures; those within contents do no harm here. */
export function findZipFields(zip: Buffer): ZipField[] {
  const fields: ZipField[] = [];
  for (let at = zip.indexOf('PK'); at >= 0 && at + 4 <= zip.length; at = zip.indexOf('PK', at + 1)) {
    const record = records.find(({ signature }) => signature === zip.readUInt32LE(at));
    if (!record) continue;
    const { what, layout, nameAt, lengthAt } = record;
    for (const [name, offset, width] of layout) fields.push({ name: `${what}: ${name}`, offset: at + offset, width });
    if (nameAt === undefined || lengthAt === undefined) continue;
    const nameLength = zip.readUInt16LE(at + lengthAt);
    const extraLength = zip.readUInt16LE(at + lengthAt + 2);
    fields.push({ name: `${what}: name`, offset: at + nameAt, width: nameLength });
    if (extraLength > 0) fields.push({ name: `${what}: extra`, offset: at + nameAt + nameLength, width: extraLength });
  }
  return fields.filter(({ offset, width }) => offset + width <= zip.length);
}
