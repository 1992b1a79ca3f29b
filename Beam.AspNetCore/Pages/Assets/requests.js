// The requests of a resumable upload (draft-ietf-httpbis-resumable-upload): which method, and which headers.

import { problem } from './problem.js';

const partial = 'application/partial-upload';
const json = 'application/json';

// True and false as structured fields have them (RFC 9651, 3.3.6).
const yes = '?1';
const no = '?0';

export class Requests {
  #url;
  #size;
  #type;
  #attempt = null;

  constructor(url, { size, type }) {
    this.#url = url;
    this.#size = size;
    this.#type = type || 'application/octet-stream';
  }

  /** Breaks off the request that is under way. */
  abort() {
    this.#attempt?.abort();
  }

  /** Begins the upload, without bytes: by that, an upload that misses the answer recognizes its transfer (claim.js). */
  begin() {
    const headers = { 'Upload-Complete': no, 'Upload-Length': `${this.#size}`, 'Content-Type': this.#type, Accept: json };
    return this.#fetch({ method: 'POST', headers });
  }

  append(from, to, body) {
    const headers = {
      'Upload-Offset': `${from}`,
      'Upload-Length': `${this.#size}`,
      'Upload-Complete': to === this.#size ? yes : no,
      'Content-Type': partial,
      Accept: json,
    };
    return this.#fetch({ method: 'PATCH', headers, body });
  }

  /** Shows the server that the sender is still there. It may run beside another request, and its failure does not matter. */
  touch(offset) {
    const headers = { 'Upload-Offset': `${offset}`, 'Upload-Complete': no, 'Content-Type': partial };
    return fetch(this.#url, { method: 'PATCH', headers }).catch(() => { });
  }

  /** Asks where the upload goes on. */
  locate() {
    return this.#fetch({ method: 'HEAD' });
  }

  /** What the server tells of the transfer, or why it tells nothing. */
  async status() {
    const url = new URL(this.#url);
    url.search = '?status';
    const answer = await this.#fetch({ headers: { Accept: json }, cache: 'no-store' }, url);
    return answer.ok ? await answer.json() : await problem(answer);
  }

  /** Gives the upload up, also for the receiver. */
  giveUp() {
    return fetch(this.#url, { method: 'DELETE' }).catch(() => { });
  }

  #fetch(options, url = this.#url) {
    this.#attempt = new AbortController();
    return fetch(url, { ...options, signal: this.#attempt.signal });
  }
}

/** Whether an answer says that the receivers have everything. */
export function isComplete(answer) {
  return answer.headers.get('Upload-Complete') === yes;
}

/** Where the server says that the upload goes on. */
export function offsetOf(answer) {
  return Number(answer.headers.get('Upload-Offset'));
}

/** How many bytes the server takes in one request, if it says so. */
export function limitOf(answer) {
  const limit = /max-append-size=(\d+)/.exec(answer.headers.get('Upload-Limit') ?? '');
  return limit ? Number(limit[1]) : Infinity;
}
