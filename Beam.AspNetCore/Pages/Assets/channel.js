// A channel: the files that are here now and those that have ended, as they change.

import './send.js';
import { bytes } from './format.js';
import { follow } from './follow.js';
import { part, root, say, show, text } from './page.js';
import { EventName } from './wire.js';

const list = part('channel');

function cell(content, className = '') {
  const element = document.createElement('td');
  element.className = className;
  element.append(content);
  return element;
}

function nameOf(transfer, address) {
  const name = Object.assign(document.createElement('bdi'), { textContent: transfer.name });
  if (!address) {
    return name;
  }

  const link = document.createElement('a');
  link.href = `${address}/${encodeURIComponent(transfer.name)}`;
  link.append(name);
  return link;
}

function progressOf(transfer) {
  const state = text(transfer.outcome ? `channel.outcome.${transfer.outcome}` : `channel.state.${transfer.state}`);
  const isMoving = transfer.bytesSent > 0 && !transfer.outcome && transfer.length;
  return isMoving ? `${state}, ${Math.floor(transfer.bytesSent * 100 / transfer.length)} %` : state;
}

function fill(table, transfers, address) {
  const body = table.tBodies[0];
  const key = JSON.stringify(transfers.map(transfer => [transfer.name, progressOf(transfer), transfer.length]));

  // A table that has not changed stays as it is, and keeps the focus.
  if (table.dataset.key !== key) {
    table.dataset.key = key;
    const focused = body.contains(document.activeElement) ? document.activeElement.textContent : null;
    body.replaceChildren(...transfers.map(transfer => {
      const row = document.createElement('tr');
      row.append(
        cell(nameOf(transfer, address), 'name'),
        cell(progressOf(transfer)),
        cell(transfer.length === null ? '?' : bytes(transfer.length), 'number'));
      return row;
    }));
    [...body.querySelectorAll('a')].find(link => link.textContent === focused)?.focus();
  }

  show(table, transfers.length > 0);
}

function update(channel, code) {
  if (channel === null) {
    if (code === 404) {
      location.reload();
    }

    return true;
  }

  fill(part('transfers'), channel.transfers, list.dataset.channel);
  show(part('nothing'), channel.transfers.length === 0);
  fill(part('recent'), channel.recent, null);
  show(part('went'), channel.recent.length > 0);
  return true;
}

async function close(button) {
  const note = part('closed');
  if (!button.dataset.isSure) {
    button.dataset.isSure = 'true';
    show(note);
    say(note, text('channel.closeSure'), 'bad');
    return;
  }

  await fetch(new URL(button.dataset.close, root), { method: 'DELETE' });
  location.reload();
}

if (list) {
  part('nothing').textContent = text('channel.nothing');
  follow(list.dataset.channel, { names: [EventName.channel], query: '' }, update);
}

const closing = part('close');
if (closing) {
  show(closing);
  closing.addEventListener('click', () => close(closing));
}
