// What an upload tells of itself while it runs. The page makes of it what a person reads.

export const UploadState = Object.freeze({
  sending: 'sending',
  paused: 'paused',
  lost: 'lost',

  // No receiver came in the time that the server waits for one. The upload begins anew, and goes on waiting.
  waitedInVain: 'waited-in-vain',

  // Packing reads whole files before there is anything to send of them.
  reading: 'reading',
});
