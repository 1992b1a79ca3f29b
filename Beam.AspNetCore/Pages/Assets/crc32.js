// CRC-32 as zip files have it, eight bytes at a time.

const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }

  tables[0][byte] = value;
}

for (let byte = 0; byte < 256; byte++) {
  for (let table = 1; table < 8; table++) {
    const before = tables[table - 1][byte];
    tables[table][byte] = (before >>> 8) ^ tables[0][before & 255];
  }
}

const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;

/** Continues a checksum; begin with 0. */
export function crc32(data, crc) {
  let value = ~crc;
  let at = 0;
  for (const end = data.length - 7; at < end; at += 8) {
    value ^= data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24;
    value = t7[value & 255] ^ t6[value >>> 8 & 255] ^ t5[value >>> 16 & 255] ^ t4[value >>> 24]
      ^ t3[data[at + 4]] ^ t2[data[at + 5]] ^ t1[data[at + 6]] ^ t0[data[at + 7]];
  }

  for (; at < data.length; at++) {
    value = value >>> 8 ^ t0[(value ^ data[at]) & 255];
  }

  return ~value >>> 0;
}
