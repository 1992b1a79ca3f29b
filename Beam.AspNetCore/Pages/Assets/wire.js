// The server's words: the names in its JSON and its events. Every script takes them from here. So a word that the server changes is
// changed in one place, and a mistyped word cannot become a branch that never runs.

/** Where a transfer stands: the `state` of a status. */
export const State = Object.freeze({
  // Nobody has come yet. Only a page that watches a name gets this.
  waiting: 'waiting',
  waitingForSender: 'waiting-for-sender',
  waitingForReceiver: 'waiting-for-receiver',
  streaming: 'streaming',
  senderAway: 'sender-away',
  receiverAway: 'receiver-away',
  confirming: 'confirming',
  finished: 'finished',
});

/** How a transfer ended: the `outcome` of a status or of a receipt. */
export const Outcome = Object.freeze({
  confirmed: 'confirmed',
  sent: 'sent',
  accepted: 'accepted',
  failed: 'failed',
});

/** The `sender` of a status while a receiver waits for a sender. Pages need no other value. */
export const senderAwaited = 'awaited';

/** Why something was refused or has failed: the `error` of a problem or of a status. Only the errors on which a page acts. */
export const ErrorCode = Object.freeze({
  noReceiver: 'no_receiver',
  wrongOffset: 'wrong_offset',
  superseded: 'superseded',
  overQuota: 'over_quota',
  tooManyAtATime: 'too_many_at_a_time',
  shuttingDown: 'shutting_down',
});

/** The names of server-sent events. */
export const EventName = Object.freeze({
  state: 'state',
  progress: 'progress',
  outcome: 'outcome',
  channel: 'channel',
  overview: 'overview',
});
