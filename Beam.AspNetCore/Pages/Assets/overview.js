// The overview for operators, as it changes.

import { bytes, time } from './format.js';
import { follow } from './follow.js';
import { part, root, show, text } from './page.js';
import { EventName } from './wire.js';

function cell(content, isNumber) {
  const element = document.createElement('td');
  element.className = isNumber ? 'number' : '';
  element.append(content);
  return element;
}

function code(content) {
  return Object.assign(document.createElement('code'), { textContent: content });
}

function cancelButton(id) {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = new URL(`-/transfers/${id}`, root);
  const button = Object.assign(document.createElement('button'), { className: 'slim danger', textContent: text('cancel') });
  button.setAttribute('aria-label', `${text('cancel')} ${id}`);
  form.append(button);
  return form;
}

function rowOf(transfer) {
  const row = document.createElement('tr');
  row.dataset.id = transfer.id;
  return row;
}

function update(row, transfer) {
  const values = [
    bytes(transfer.bytesReceived), bytes(transfer.bytesSent), transfer.length === null ? '?' : bytes(transfer.length),
    `${bytes(transfer.bytesPerSecond)}/s`, time(transfer.ageSeconds),
  ];
  if (row.cells.length === 0) {
    row.append(
      cell(code(transfer.id)),
      cell(code(transfer.tokenId)),
      cell(''),
      ...values.map(() => cell('', true)),
      cell(cancelButton(transfer.id), true));
  }

  row.cells[2].textContent = transfer.state;
  values.forEach((value, index) => { row.cells[index + 3].textContent = value; });
}

function total(name, used, budget) {
  const element = document.querySelector(`[data-total="${name}"]`);
  const small = element?.querySelector('small');
  if (small) {
    element.replaceChildren(`${bytes(used)} `, small);
    small.textContent = `${text('send.of')} ${bytes(budget)}`;
  } else if (element) {
    element.textContent = used;
  }
}

function display(overview) {
  if (overview?.transfers == null) {
    return true;
  }

  total('activeTransfers', overview.activeTransfers);
  total('liveTokens', overview.liveTokens);
  total('memory', overview.memoryUsedBytes, overview.memoryBudgetBytes);
  total('disk', overview.diskUsedBytes, overview.diskBudgetBytes);
  const body = part('overview-transfers').querySelector('tbody');
  show(part('none'), overview.transfers.length === 0);
  show(part('oldest'), overview.transfers.length < overview.activeTransfers);
  show(body.closest('.scroll'), overview.transfers.length > 0);

  // Rows stay where they are, and keep the focus. The oldest is the first.
  const rows = new Map([...body.rows].map(row => [row.dataset.id, row]));
  for (const transfer of overview.transfers) {
    const row = rows.get(transfer.id) ?? body.appendChild(rowOf(transfer));
    rows.delete(transfer.id);
    update(row, transfer);
  }

  rows.forEach(row => row.remove());
  return true;
}

/** Hides the totals of a page that does not update them: they are wrong as soon as this page sends something. */
export function hideTotals() {
  if (!part('overview-transfers')) {
    show(part('overview'), false);
  }
}

if (part('overview-transfers')) {
  follow(root, { names: [EventName.overview], query: '' }, display);
}
