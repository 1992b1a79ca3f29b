// Sends a file in pieces that the server keeps, so that it goes on after whatever happens to the connection
// (draft-ietf-httpbis-resumable-upload). The server's word counts for where it stands; nothing is assumed of what was sent.

import { pause, text } from './page.js';
import { Failure, problem, Unreadable } from './problem.js';
import { ErrorCode, Outcome, senderAwaited } from './wire.js';

const usualPiece = 64 * 1024 * 1024;
const smallestPiece = 256 * 1024;
const longestBackOff = 10_000;
const shortBreak = 100;

// Well within the time that a sender may stay away.
const signOfLife = 20_000;

/** What an upload tells of itself. */
export const UploadState = Object.freeze({
  sending: 'sending',
  paused: 'paused',
  lost: 'lost',
  waitedInVain: 'waited-in-vain',
  reading: 'reading',
});

export class Upload {
  #url;
  #source;
  #piece = usualPiece;
  #stop = new AbortController();
  #attempt = null;
  #isPaused = false;

  // A name says nothing of who sends under it: when a transfer began tells it from others, and what was there before is not this one.
  #mayHaveBegun = false;
  #startedAt = null;
  #before = null;
  #wake = () => { };
  #onState;

  /**
   * @param {URL} url where the file goes
   * @param {{ size: number, type: string, slice: (from: number, to: number) => Promise<Blob>|Blob }} source
   * @param {(state: string) => void} onState called with an UploadState
   */
  constructor(url, source, onState) {
    this.#url = url;
    this.#source = source;
    this.#onState = onState;
    addEventListener('online', () => this.#wake());
  }

  pause() {
    this.#isPaused = true;
    this.#attempt?.abort();
    this.#wake();
  }

  resume() {
    this.#isPaused = false;
    this.#wake();
  }

  /** Gives it up, also for the receiver. */
  async cancel() {
    this.#stop.abort();
    this.#attempt?.abort();
    this.#wake();
    await fetch(this.#url, { method: 'DELETE' }).catch(() => { });
  }

  /** Sends it. @returns the receipt, or null when it was cancelled. */
  async run() {
    let backOff = 500;
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#isPaused) {
          await this.#stayAlive();
          continue;
        }

        const at = this.#mayHaveBegun ? await this.#locate() : null;
        if (at?.receipt) {
          return at.receipt;
        }

        const receipt = await this.#sendFrom(at?.offset ?? null);
        if (receipt) {
          return receipt;
        }

        backOff = 500;
        await this.#sleep(shortBreak);
      } catch (error) {
        if (this.#stop.signal.aborted) {
          break;
        }

        if (error instanceof Failure) {
          throw error;
        }

        if (!this.#isPaused) {
          await this.#assertReadable();
          this.#onState(UploadState.lost);
          await this.#sleep(backOff);
          backOff = Math.min(backOff * 2, longestBackOff);
        }
      }
    }

    return null;
  }

  /** Asks where it goes on. @returns null when it has to begin anew. */
  async #locate() {
    const answer = await this.#fetch({ method: 'HEAD' });
    if (answer.status === 404) {
      return null;
    }

    // Asked for after the answer: what is this one's now was so then.
    const status = await this.#status();
    const offset = Number(answer.headers.get('Upload-Offset'));
    if (answer.ok && !status.startedAt) {
      throw new Error(status.detail ?? 'gone');
    }

    if (status.startedAt && !this.#recognize(status, offset)) {
      return null;
    }

    if (!answer.ok) {
      return await this.#afterRefusal(answer, status);
    }

    return answer.headers.get('Upload-Complete') === '?1'
      ? { receipt: { outcome: status.outcome ?? Outcome.sent, bytes: status.bytesSent ?? this.#source.size } }
      : { offset };
  }

  /** @returns whether it is this one; false when this one has not begun. */
  #recognize(status, offset) {
    if (this.#startedAt !== null) {
      if (status.startedAt !== this.#startedAt) {
        throw new Failure(text('send.replaced'));
      }

      return true;
    }

    if (status.startedAt === this.#before || offset > 0) {
      return false;
    }

    this.#startedAt = status.startedAt;
    return true;
  }

  async #sendFrom(offset) {
    let from = offset;
    if (from === null) {
      this.#onState(UploadState.sending);
      const before = await this.#status();
      this.#before = before.sender === senderAwaited ? null : before.startedAt ?? null;
      this.#startedAt = null;
      this.#mayHaveBegun = true;
      const answer = await this.#fetch({
        method: 'POST',
        headers: {
          'Upload-Complete': '?0',
          'Upload-Length': `${this.#source.size}`,
          'Content-Type': this.#source.type || 'application/octet-stream',
          Accept: 'application/json',
        },
      });
      if (!answer.ok) {
        return await this.#afterRefusal(answer, await problem(answer));
      }

      if (answer.status === 200) {
        // An empty file is complete with that.
        return await answer.json();
      }

      this.#learnLimit(answer);
      const { startedAt } = await this.#status();
      if (!startedAt) {
        throw new Error('gone');
      }

      this.#startedAt = startedAt;
      from = 0;
    }

    this.#onState(UploadState.sending);
    while (true) {
      const to = Math.min(from + this.#piece, this.#source.size);
      const body = await this.#read(from, to);
      const answer = await this.#fetch({
        method: 'PATCH',
        headers: {
          'Upload-Offset': `${from}`,
          'Upload-Length': `${this.#source.size}`,
          'Upload-Complete': to === this.#source.size ? '?1' : '?0',
          'Content-Type': 'application/partial-upload',
          Accept: 'application/json',
        },
        body,
      });
      if (answer.status === 413 && this.#piece > smallestPiece) {
        // A proxy takes only so much at a time, and does not say how much.
        this.#learnLimit(answer);
        this.#piece = Math.max(smallestPiece, Math.min(this.#piece, body.size) >>> 2);
        return null;
      }

      if (!answer.ok) {
        return await this.#afterRefusal(answer, await problem(answer));
      }

      if (answer.status === 200) {
        return await answer.json();
      }

      from = Number(answer.headers.get('Upload-Offset'));
    }
  }

  /** What a refusal means: another try, or the end. */
  async #afterRefusal(answer, details) {
    const error = details?.error;
    if (error === ErrorCode.noReceiver) {
      this.#onState(UploadState.waitedInVain);
      return null;
    }

    if (answer.status === 409 && (error === ErrorCode.wrongOffset || error === ErrorCode.superseded)) {
      return null;
    }

    // A piece whose connection broke may still count as a transfer for a while.
    const isOver = error === ErrorCode.overQuota || (error === ErrorCode.tooManyAtATime && this.#startedAt === null);
    if (answer.status === 503 || (answer.status === 429 && !isOver) || (answer.status >= 500 && !error)) {
      throw new Error(details?.detail ?? `${answer.status}`);
    }

    throw new Failure(text(`error.${error}`, null) ?? details?.detail ?? `${answer.status}`);
  }

  async #status() {
    const url = new URL(this.#url);
    url.search = '?status';
    const answer = await this.#fetch({ headers: { Accept: 'application/json' }, cache: 'no-store' }, url);
    return answer.ok ? await answer.json() : await problem(answer);
  }

  /** Reads a part of the source; what is read for a long time must not look like a sender that has gone. */
  async #read(from, to) {
    const part = Promise.resolve(this.#source.slice(from, to));
    const timer = setInterval(() => {
      this.#onState(UploadState.reading);
      this.#touch(from);
    }, signOfLife);
    try {
      return await part;
    } finally {
      clearInterval(timer);
    }
  }

  async #stayAlive() {
    this.#onState(UploadState.paused);
    if (this.#mayHaveBegun) {
      const at = await this.#locate().catch(() => null);
      if (this.#isPaused && at?.offset !== undefined) {
        await this.#touch(at.offset);
      }
    }

    if (this.#isPaused && !this.#stop.signal.aborted) {
      await this.#sleep(signOfLife);
    }
  }

  #touch(offset) {
    const headers = { 'Upload-Offset': `${offset}`, 'Upload-Complete': '?0', 'Content-Type': 'application/partial-upload' };
    return fetch(this.#url, { method: 'PATCH', headers }).catch(() => { });
  }

  async #assertReadable() {
    try {
      await this.#source.slice(0, 1);
      await this.#source.probe();
    } catch {
      throw new Unreadable();
    }
  }

  #learnLimit(answer) {
    const limit = /max-append-size=(\d+)/.exec(answer.headers.get('Upload-Limit') ?? '');
    this.#piece = limit ? Math.min(this.#piece, Number(limit[1])) : this.#piece;
  }

  async #fetch(options, url = this.#url) {
    this.#attempt = new AbortController();
    return await fetch(url, { ...options, signal: this.#attempt.signal });
  }

  async #sleep(milliseconds) {
    const early = new AbortController();
    this.#wake = () => early.abort();
    await pause(milliseconds, early.signal).catch(() => { });
    this.#wake = () => { };
  }
}
