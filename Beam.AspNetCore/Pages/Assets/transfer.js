// The page of one file: how it goes, until it is over.

import './copy.js';
import { bytes } from './format.js';
import { follow, transferKind } from './follow.js';
import { Meter } from './meter.js';
import { part, say, show, text } from './page.js';
import { ErrorCode, Outcome, State } from './wire.js';

const card = part('transfer');
const meter = new Meter(card);

// Nothing moves in these, and nothing will until somebody comes.
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
    // Nothing under the name yet, or no more: the page knows which when it is loaded.
    if (code === 404 && state.dataset.tone === 'live') {
      location.reload();
    }

    return true;
  }

  if (status.length !== null) {
    part('size', card).textContent = bytes(status.length);
  }

  if (status.error === ErrorCode.shuttingDown && !status.startedAt) {
    // A page without a transfer would be told the same however often it is loaded. Another server may be there soon.
    return true;
  }

  if (status.outcome === Outcome.failed) {
    // The page has the reason in words when it is loaded.
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

  // A name can be used again, but not by this link's reader: it stays with what became of the file.
  return !status.outcome;
});
