// Several files as one zip that is never built. Its length is known at once, and it can make any part again, so that a broken upload goes
// on where it was. Files are stored, not compressed. Zip64 where a number does not fit (APPNOTE.TXT 4.3, 4.4, 4.5.3).

import { crc32 } from './crc32.js';

const limit32 = 0xffffffff;
const limit16 = 0xffff;
const utf8 = 0x0800;

class Fields {
  #bytes = [];

  u16(...values) {
    values.forEach(value => this.#bytes.push(value & 255, value >>> 8 & 255));
    return this;
  }

  u32(...values) {
    values.forEach(value => this.u16(value & limit16, value >>> 16));
    return this;
  }

  u64(...values) {
    values.forEach(value => this.u32(value % 2 ** 32, Math.floor(value / 2 ** 32)));
    return this;
  }

  raw(bytes) {
    // A name is short: spreading it is no risk.
    this.#bytes.push(...bytes);
    return this;
  }

  get bytes() {
    return new Uint8Array(this.#bytes);
  }
}

function dosTime(file) {
  const at = new Date(file.lastModified || 0);
  const year = Math.min(Math.max(at.getFullYear(), 1980), 2107);
  const time = at.getHours() << 11 | at.getMinutes() << 5 | at.getSeconds() >>> 1;
  const date = (year - 1980) << 9 | (at.getMonth() + 1) << 5 | at.getDate();
  return [time, date];
}

class Entry {
  constructor(path, file, offset) {
    this.name = new TextEncoder().encode(path);
    this.file = file;
    this.offset = offset;
    this.isLarge = file.size >= limit32;
    this.headerLength = 30 + this.name.length + (this.isLarge ? 20 : 0);
    this.end = offset + this.headerLength + file.size;
  }

  /** Reads the file once for its checksum, which comes before it in the zip. */
  async checksum() {
    this.crc ??= (async () => {
      let crc = 0;
      const reader = this.file.stream().getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        crc = crc32(read.value, crc);
      }

      return crc;
    })();
    return this.crc;
  }

  async header() {
    const size = this.isLarge ? limit32 : this.file.size;
    const fields = new Fields().u32(0x04034b50).u16(this.isLarge ? 45 : 20, utf8, 0, ...dosTime(this.file))
      .u32(await this.checksum(), size, size).u16(this.name.length, this.isLarge ? 20 : 0).raw(this.name);
    return this.isLarge ? fields.u16(1, 16).u64(this.file.size, this.file.size).bytes : fields.bytes;
  }

  get directoryLength() {
    return 46 + this.name.length + this.#extraLength;
  }

  async directory() {
    const size = this.isLarge ? limit32 : this.file.size;
    const isFar = this.offset >= limit32;
    const version = this.isLarge || isFar ? 45 : 20;
    const fields = new Fields().u32(0x02014b50).u16(version, version, utf8, 0, ...dosTime(this.file))
      .u32(await this.checksum(), size, size).u16(this.name.length, this.#extraLength, 0, 0, 0)
      .u32(0, isFar ? limit32 : this.offset).raw(this.name);
    if (this.#extraLength > 0) {
      fields.u16(1, this.#extraLength - 4);
      fields.u64(...(this.isLarge ? [this.file.size, this.file.size] : []), ...(isFar ? [this.offset] : []));
    }

    return fields.bytes;
  }

  get #extraLength() {
    const numbers = (this.isLarge ? 2 : 0) + (this.offset >= limit32 ? 1 : 0);
    return numbers > 0 ? 4 + numbers * 8 : 0;
  }
}

export class Zip {
  #entries = [];
  #directoryAt = 0;
  #directoryLength = 0;
  #isLarge;

  /** @param {{ path: string, file: File }[]} files */
  constructor(files) {
    for (const { path, file } of files) {
      const entry = new Entry(path, file, this.#directoryAt);
      this.#entries.push(entry);
      this.#directoryAt = entry.end;
      this.#directoryLength += entry.directoryLength;
    }

    this.#isLarge = this.#entries.length >= limit16 || this.#directoryAt + this.#directoryLength >= limit32;
    this.size = this.#directoryAt + this.#directoryLength + (this.#isLarge ? 56 + 20 : 0) + 22;
  }

  /** A part of the zip. It takes as long as the checksums of the files in that part. */
  async slice(from, to) {
    const parts = [];
    const add = (start, part) => {
      const length = part.size ?? part.length;
      if (start < to && start + length > from) {
        parts.push(part.slice(Math.max(0, from - start), Math.min(length, to - start)));
      }
    };
    for (const entry of this.#entries) {
      if (entry.offset < to && entry.end > from) {
        const header = await entry.header();
        add(entry.offset, header);
        add(entry.offset + header.length, entry.file);
      }
    }

    if (to > this.#directoryAt) {
      let at = this.#directoryAt;
      for (const entry of this.#entries) {
        const fields = await entry.directory();
        add(at, fields);
        at += fields.length;
      }

      add(at, this.#end());
    }

    return new Blob(parts);
  }

  #end() {
    const count = this.#entries.length;
    const fields = new Fields();
    if (this.#isLarge) {
      fields.u32(0x06064b50).u64(44).u16(45, 45).u32(0, 0).u64(count, count, this.#directoryLength, this.#directoryAt)
        .u32(0x07064b50, 0).u64(this.#directoryAt + this.#directoryLength).u32(1);
    }

    const few = Math.min(count, limit16);
    return fields.u32(0x06054b50).u16(0, 0, few, few)
      .u32(Math.min(this.#directoryLength, limit32), Math.min(this.#directoryAt, limit32)).u16(0).bytes;
  }
}
