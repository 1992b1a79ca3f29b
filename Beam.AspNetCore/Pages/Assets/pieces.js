// Sends a source in pieces that the server keeps, so that nothing that has arrived is sent again. Only the server's word counts for where
// the upload stands; what was sent counts for nothing.

import { Claim } from './claim.js';
import { text } from './page.js';
import { Failure, problem } from './problem.js';
import { isComplete, limitOf, offsetOf, Requests } from './requests.js';
import { UploadState } from './uploadstate.js';
import { ErrorCode, Outcome } from './wire.js';

const usualPiece = 64 * 1024 * 1024;
const smallestPiece = 256 * 1024;

/** How often a sender with nothing to send shows that it is there: well within the time that it may stay away. */
export const signOfLife = 20_000;

export class Pieces {
  #source;
  #requests;
  #claim = new Claim();
  #pieceSize = usualPiece;
  #onState;

  constructor(url, source, onState) {
    this.#source = source;
    this.#requests = new Requests(url, source);
    this.#onState = onState;
  }

  /**
   * Goes on where the server stands, or begins. Throws a Failure when another try would not help, and any other error when it may help.
   * @returns the receipt, or null to try again at once.
   */
  async send() {
    const place = await this.#locate() ?? await this.#begin();
    return place === null ? null : place.receipt ?? await this.#sendPieces(place.offset);
  }

  /**
   * Shows the server that a sender with nothing to send is still there.
   * @param {() => boolean} isIdle asked again after the server's answer: a piece may be under way by then
   */
  async stayAlive(isIdle) {
    const place = await this.#locate().catch(() => null);
    if (isIdle() && place?.offset !== undefined) {
      await this.#requests.touch(place.offset);
    }
  }

  /** Breaks off the request that is under way. What the server has of it stays there. */
  abort() {
    this.#requests.abort();
  }

  giveUp() {
    return this.#requests.giveUp();
  }

  /** @returns the offset where the upload goes on, the receipt when it is over, or null when it must begin anew. */
  async #locate() {
    if (!this.#claim.mayHaveBegun) {
      return null;
    }

    const answer = await this.#requests.locate();
    if (answer.status === 404) {
      return null;
    }

    // Asked after the answer: a transfer that is the upload's own now was so then, too.
    const status = await this.#requests.status();
    const offset = offsetOf(answer);
    if (answer.ok && !status.startedAt) {
      throw new Error(status.detail ?? 'gone');
    }

    if (status.startedAt && !this.#claim.isOf(status, offset)) {
      return null;
    }

    if (!answer.ok) {
      return this.#afterRefusal(answer, status);
    }

    return isComplete(answer)
      ? { receipt: { outcome: status.outcome ?? Outcome.sent, bytes: status.bytesSent ?? this.#source.size } }
      : { offset };
  }

  /** @returns the offset of the first byte, the receipt of an empty file, or null to try again. */
  async #begin() {
    this.#onState(UploadState.sending);
    this.#claim.prepare(await this.#requests.status());
    const answer = await this.#requests.begin();
    if (!answer.ok) {
      return this.#afterRefusal(answer, await problem(answer));
    }

    if (answer.status === 200) {
      // An empty file is complete with that.
      return { receipt: await answer.json() };
    }

    this.#learnLimit(answer);
    this.#claim.take(await this.#requests.status());
    return { offset: 0 };
  }

  /** @returns the receipt, or null to try again. */
  async #sendPieces(offset) {
    this.#onState(UploadState.sending);
    let from = offset;
    while (true) {
      const to = Math.min(from + this.#pieceSize, this.#source.size);
      const body = await this.#read(from, to);
      const answer = await this.#requests.append(from, to, body);
      if (answer.status === 413 && this.#pieceSize > smallestPiece) {
        // A proxy accepts only a limited size, and does not say which.
        this.#learnLimit(answer);
        this.#pieceSize = Math.max(smallestPiece, Math.min(this.#pieceSize, body.size) >>> 2);
        return null;
      }

      if (!answer.ok) {
        return this.#afterRefusal(answer, await problem(answer));
      }

      if (answer.status === 200) {
        return await answer.json();
      }

      from = offsetOf(answer);
    }
  }

  /** Reads a part of the source. That may take long, and the server must not think that the sender has gone. */
  async #read(from, to) {
    const part = Promise.resolve(this.#source.slice(from, to));
    const timer = setInterval(() => {
      this.#onState(UploadState.reading);
      this.#requests.touch(from);
    }, signOfLife);
    try {
      return await part;
    } finally {
      clearInterval(timer);
    }
  }

  /** What a refusal means. Throws as `send` does. @returns null to try again at once. */
  #afterRefusal(answer, { error, detail }) {
    if (error === ErrorCode.noReceiver) {
      this.#onState(UploadState.waitedInVain);
      return null;
    }

    if (answer.status === 409 && (error === ErrorCode.wrongOffset || error === ErrorCode.superseded)) {
      return null;
    }

    // A piece whose connection broke may still count as a transfer for a while.
    const isOver = error === ErrorCode.overQuota || (error === ErrorCode.tooManyAtATime && !this.#claim.hasBegun);
    if (answer.status === 503 || (answer.status === 429 && !isOver) || (answer.status >= 500 && !error)) {
      throw new Error(detail ?? `${answer.status}`);
    }

    throw new Failure(text(`error.${error}`) ?? detail ?? `${answer.status}`);
  }

  #learnLimit(answer) {
    this.#pieceSize = Math.min(this.#pieceSize, limitOf(answer));
  }
}
