// Sends a file, whatever happens to the connection: it waits and tries again, pauses when a person wants it to, and gives up only when
// another try would not help.

import { pause } from './page.js';
import { Pieces, signOfLife } from './pieces.js';
import { Failure, Unreadable } from './problem.js';
import { UploadState } from './uploadstate.js';

const shortestBackOff = 500;
const longestBackOff = 10_000;
const shortBreak = 100;

export class Upload {
  #source;
  #pieces;
  #onState;
  #stop = new AbortController();
  #isPaused = false;

  // Ends the present wait early. Does nothing when there is no wait.
  #wake = () => { };

  /**
   * @param {URL} url where the file goes
   * @param {{ size: number, type: string, slice: (from: number, to: number) => Promise<Blob>|Blob, probe: () => Promise }} source
   * @param {(state: string) => void} onState called with each UploadState
   */
  constructor(url, source, onState) {
    this.#source = source;
    this.#pieces = new Pieces(url, source, onState);
    this.#onState = onState;
    addEventListener('online', () => this.#wake());
  }

  pause() {
    this.#isPaused = true;
    this.#pieces.abort();
    this.#wake();
  }

  resume() {
    this.#isPaused = false;
    this.#wake();
  }

  /** Gives the upload up, also for the receiver. */
  async cancel() {
    this.#stop.abort();
    this.#pieces.abort();
    this.#wake();
    await this.#pieces.giveUp();
  }

  /** Sends the source. @returns the receipt, or null when it was cancelled. */
  async run() {
    let backOff = shortestBackOff;
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#isPaused) {
          await this.#stayPaused();
          continue;
        }

        const receipt = await this.#pieces.send();
        if (receipt) {
          return receipt;
        }

        backOff = shortestBackOff;
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

  async #stayPaused() {
    this.#onState(UploadState.paused);
    await this.#pieces.stayAlive(() => this.#isPaused);
    if (this.#isPaused && !this.#stop.signal.aborted) {
      await this.#sleep(signOfLife);
    }
  }

  /** Checks that the browser can still read the files. If it cannot, the request fails as if the connection were lost. */
  async #assertReadable() {
    try {
      await this.#source.slice(0, 1);
      await this.#source.probe();
    } catch {
      throw new Unreadable();
    }
  }

  async #sleep(milliseconds) {
    const early = new AbortController();
    this.#wake = () => early.abort();
    await pause(milliseconds, early.signal).catch(() => { });
    this.#wake = () => { };
  }
}
