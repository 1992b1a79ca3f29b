// The page of one file: where it stands, until its end.

import './copy.js';
import { bytes } from './format.js';
import { follow, transferKind } from './follow.js';
import { Meter } from './meter.js';
import { part, say, show, text } from './page.js';
import { ErrorCode, Outcome, State } from './wire.js';

const card = part('transfer');
const meter = new Meter(card);

// In these states nothing moves until somebody comes.
const idle = [State.waitingForSender, State.senderAway, State.receiverAway];

function describe(status) {
  if (status.outcome) {
    return [text(`outcome.${status.outcome}`), 'good'];
  }

  return [text(`state.${status.state}`), idle.includes(status.state) ? 'idle' : 'live'];
}

follow(location.href, transferKind, (status, code) => {
  const state = part('state', card);
  if (status === null || status.state === State.waiting) {
    // Nothing is under the name yet, or nothing any more: the server tells which when the page loads.
    if (code === 404 && state.dataset.tone === 'live') {
      location.reload();
    }

    return true;
  }

  if (status.length !== null) {
    part('size', card).textContent = bytes(status.length);
  }

  if (status.error === ErrorCode.shuttingDown && !status.startedAt) {
    // However often it loads, a page without a transfer would get this answer. Another server may be there soon.
    return true;
  }

  if (status.outcome === Outcome.failed) {
    // The server writes the reason in words into the page when it loads.
    if (state.dataset.tone !== 'bad') {
      location.reload();
    }

    return false;
  }

  say(state, ...describe(status));
  part('download')?.classList.toggle('primary', status.state !== State.streaming && status.state !== State.confirming);

  const isMoving = status.bytesSent > 0 && !status.outcome;
  if (isMoving) {
    meter.update(status.bytesSent, status.length);
  } else {
    meter.hide();
  }

  for (const element of document.querySelectorAll('[data-while-open]')) {
    show(element, !status.outcome);
  }

  // Somebody may use the name again, but this page stays with the outcome of its file.
  return !status.outcome;
});
