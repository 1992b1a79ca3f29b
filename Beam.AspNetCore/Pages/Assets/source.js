// A person's choice as one thing to send: a file as it is, anything else as a zip, under a name that the server accepts.

import { Zip } from './zip.js';

const maxNameBytes = 255;
const longestEnding = 16;

/**
 * @param {{ files: { path: string, file: File }[], folder: string|null }} picked
 * @returns the source; `probe` fails when the browser can no longer read one of the files.
 */
export function sourceOf({ files, folder }) {
  if (files.length === 1 && folder === null) {
    const [{ file }] = files;
    return {
      name: usableName(file.name),
      size: file.size,
      type: file.type,
      slice: (from, to) => file.slice(from, to),
      probe: () => firstByte(file),
    };
  }

  const zip = new Zip(files);
  return {
    name: usableName(`${folder ?? 'files'}.zip`),
    size: zip.size,
    type: 'application/zip',
    slice: (from, to) => zip.slice(from, to),
    probe: () => Promise.all(files.map(({ file }) => firstByte(file))),
  };
}

function firstByte(file) {
  return file.slice(0, 1).arrayBuffer();
}

/** The server refuses some letters and long names. Nobody should have to rename a file for that, so the rest of the name stays. */
function usableName(name) {
  const clean = name.normalize('NFC').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069/\\\ufffd]/g, '_').trim();
  if (clean === '' || clean === '.' || clean === '..') {
    return 'file';
  }

  const encoder = new TextEncoder();
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= longestEnding ? clean.slice(dot) : '';
  let stem = [...clean.slice(0, clean.length - ending.length)];
  while (encoder.encode(stem.join('') + ending).length > maxNameBytes) {
    stem = stem.slice(0, -1);
  }

  return stem.join('') + ending;
}
