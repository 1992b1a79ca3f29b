// One thing to send, from the moment when a person has chosen it to its end. The job gets a link, lets the upload run and watches the
// transfer. The upload and the server each know a part of where things stand, and the job decides what the card says.

import { follow, transferKind } from './follow.js';
import { mintLink } from './link.js';
import { hideTotals } from './overview.js';
import { root, text } from './page.js';
import { Unreadable } from './problem.js';
import { sourceOf } from './source.js';
import { Upload } from './upload.js';
import { UploadState } from './uploadstate.js';
import { Outcome, State } from './wire.js';

/**
 * What the card says in each state, and in which tone. When no receiver came in time, `inVain` replaces `says` until somebody comes.
 * `mayRetry` is for ends that another try may change.
 */
const states = {
  // There is no upload yet.
  empty: { says: 'send.empty', tone: 'bad' },
  preparing: { says: 'send.preparing', tone: 'live' },

  // What the upload tells. It knows of a lost connection before the server does, so the job listens to the server only while it sends.
  [UploadState.sending]: { says: 'send.waiting', inVain: 'send.again', tone: 'live' },
  [UploadState.paused]: { says: 'send.paused', tone: 'idle' },
  [UploadState.lost]: { says: 'send.lost', tone: 'bad' },
  [UploadState.waitedInVain]: { says: 'send.again', tone: 'live' },
  [UploadState.reading]: { says: 'send.reading', tone: 'live' },

  // What the server tells of the transfer. In other states the card keeps what it said.
  [State.waitingForReceiver]: { says: 'send.waiting', inVain: 'send.again', tone: 'live' },
  [State.streaming]: { says: 'send.streaming', tone: 'live' },
  [State.receiverAway]: { says: 'send.receiverAway', tone: 'idle' },
  [State.confirming]: { says: 'send.confirming', tone: 'live' },

  // The end.
  [Outcome.confirmed]: { says: 'send.confirmed', tone: 'good' },
  [Outcome.sent]: { says: 'send.sent', tone: 'good' },
  [Outcome.failed]: { says: 'send.failed', tone: 'bad', mayRetry: true },
  cancelled: { says: 'send.cancelled', tone: 'idle', mayRetry: true },
  unreadable: { says: 'send.unreadable', tone: 'bad' },
};

export class Job {
  #card;
  #channel;
  #source = null;
  #url = null;
  #upload = null;
  #uploadState = null;
  #isPaused = false;
  #hasWaitedInVain = false;

  // Stops the watching. Null until the first word of the upload: before that there is nothing to watch.
  #watch = null;

  /**
   * @param {Card} card what to say it on
   * @param {{ files: object[], folder: string|null }} picked what a person has chosen
   * @param {string|null} channel the token to send with; null to mint a token, and a link for the receiver
   */
  constructor(card, picked, channel) {
    this.#card = card;
    this.picked = picked;
    this.#channel = channel;
  }

  async run() {
    if (this.picked.files.length === 0) {
      this.#say(states.empty);
      return;
    }

    this.#source = sourceOf(this.picked);
    this.#card.prepare(this.#source.name, this.#source.size);
    this.#say(states.preparing);
    hideTotals();
    try {
      this.#url = await this.#address();
      await this.#send();
    } catch (error) {
      if (error instanceof Unreadable) {
        this.#end(states.unreadable);
      } else {
        this.#end(states[Outcome.failed], ` ${error.message}`);
      }
    }
  }

  togglePause() {
    this.#isPaused = !this.#isPaused;
    this.#card.showPaused(this.#isPaused);
    if (this.#isPaused) {
      this.#upload.pause();
    } else {
      this.#upload.resume();
    }
  }

  cancel() {
    this.#upload.cancel();
  }

  async #address() {
    const name = encodeURIComponent(this.#source.name);
    if (this.#channel !== null) {
      return new URL(`${this.#channel}/${name}`, root);
    }

    const { token, link } = await mintLink();
    this.#card.share(`${link.url}/${name}`, new URL(`${link.token}/${name}?qr`, root));
    return new URL(`${token}/${name}`, root);
  }

  async #send() {
    const size = this.#source.size;
    this.#upload = new Upload(this.#url, this.#source, state => this.#onUpload(state));
    this.#card.send();
    const receipt = await this.#upload.run();
    if (receipt === null) {
      this.#end(states.cancelled);
      return;
    }

    this.#card.showProgress(size, size);

    // Only a word that means success may look like it.
    this.#end(states[receipt.outcome] ?? states[Outcome.failed]);
  }

  #onUpload(state) {
    this.#uploadState = state;
    this.#hasWaitedInVain ||= state === UploadState.waitedInVain;
    if (this.#watch === null) {
      this.#watch = new AbortController();
      follow(this.#url, transferKind, status => this.#onTransfer(status), this.#watch.signal);
    }

    this.#say(states[state]);
  }

  #onTransfer(status) {
    // The upload gets the outcome as its answer, with the reason of a failure.
    if (status === null || status.outcome || this.#watch.signal.aborted) {
      return;
    }

    if (status.bytesSent > 0) {
      this.#hasWaitedInVain = false;
      this.#card.showProgress(status.bytesSent, this.#source.size);
    }

    if (this.#uploadState === UploadState.sending && states[status.state]) {
      this.#say(states[status.state]);
    }
  }

  #say({ says, inVain = says, tone }) {
    this.#card.say(text(this.#hasWaitedInVain ? inVain : says), tone);
  }

  #end({ says, tone, mayRetry = false }, more = '') {
    this.#watch?.abort();
    this.#card.end(text(says) + more, tone, mayRetry);
  }
}
