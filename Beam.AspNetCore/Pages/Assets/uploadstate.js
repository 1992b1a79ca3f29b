// What an upload tells of itself while it runs. The page turns it into a sentence.

export const UploadState = Object.freeze({
  sending: 'sending',
  paused: 'paused',
  lost: 'lost',

  // No receiver came while the server waited. The upload begins anew, and goes on waiting.
  waitedInVain: 'waited-in-vain',

  // Packing must read a whole file before it can send the first byte of it.
  reading: 'reading',
});
