// Buttons that copy the text of another element. Where there is no clipboard, the text is selected instead.

import { show, text } from './page.js';

const shown = 1500;

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  getSelection().selectAllChildren(source);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = text('copied');
  } catch {
    button.textContent = text(document.execCommand('copy') ? 'copied' : 'copyFailed');
  }

  setTimeout(() => { button.textContent = text('copy'); }, shown);
}

for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', () => copy(button));
  show(button);
}
