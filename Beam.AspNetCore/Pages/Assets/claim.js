// Which transfer is this upload's own. A name does not identify the sender: somebody else may have sent under it before, or may do so
// while this upload has no connection. The time at which a transfer began tells them apart.

import { text } from './page.js';
import { Failure } from './problem.js';
import { senderAwaited } from './wire.js';

export class Claim {
  #mayHaveBegun = false;
  #startedAt = null;
  #before = null;

  /** Whether this upload may have a transfer: its first request has gone out, with or without an answer. */
  get mayHaveBegun() {
    return this.#mayHaveBegun;
  }

  /** Whether the server has said that this upload has a transfer. */
  get hasBegun() {
    return this.#startedAt !== null;
  }

  /** Remembers what is under the name just before the upload begins: another transfer, unless a receiver waits for this one. */
  prepare(status) {
    this.#before = status.sender === senderAwaited ? null : status.startedAt ?? null;
    this.#startedAt = null;
    this.#mayHaveBegun = true;
  }

  /** Takes what is there just after the server has taken the upload. */
  take(status) {
    if (!status.startedAt) {
      throw new Error('gone');
    }

    this.#startedAt = status.startedAt;
  }

  /** Whether a transfer is this upload's. If the answer to the first request was lost, it is the one that was not there before. */
  isOf(status, offset) {
    if (this.hasBegun) {
      if (status.startedAt !== this.#startedAt) {
        throw new Failure(text('send.replaced'));
      }

      return true;
    }

    // The first request carries no bytes, so a transfer that has some is somebody else's.
    if (status.startedAt === this.#before || offset > 0) {
      return false;
    }

    this.#startedAt = status.startedAt;
    return true;
  }
}
