import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip that is written byte by byte, so that it may lie. */
export interface ZipEntry {
  path: string;
  data?: Uint8Array | string;
  /** Unix mode in the external attributes; 0o100644 where it is left out. */
  mode?: number;
  encrypted?: boolean;
  /** What the headers say instead of the truth. */
  declaredSizeBytes?: number;
  /** Use the bytes of the first entry instead of own ones, as overlapping bombs do. */
  overlapFirst?: boolean;
}

/** Builds a zip (APPNOTE 6.3.10) with deflated entries. */
export function buildZip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  let firstOffset = 0;
  let firstPacked = Buffer.alloc(0);
  for (const [index, entry] of entries.entries()) {
    const data = Buffer.from(entry.data ?? '');
    const packed = entry.overlapFirst ? firstPacked : deflateRawSync(data);
    if (index === 0) [firstPacked, firstOffset] = [packed, offset];
    const size = entry.declaredSizeBytes ?? data.length;
    const name = Buffer.from(entry.path, 'utf8');
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x800 | (entry.encrypted ? 1 : 0), 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(0x00210000, 6);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(entry.overlapFirst ? firstOffset : offset, 10);
    const madeBy = Buffer.from([20, 3]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), madeBy, fields, tail, name]));
    if (!entry.overlapFirst) {
      parts.push(local);
      offset += local.length;
    }
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 8);
  end.writeUInt16LE(Math.min(entries.length, 0xffff), 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
