// Where a person chooses files: two buttons that open a dialog, and the whole page to drop something on.

import { part } from './page.js';
import { chosen, dropped } from './pick.js';

/** Calls back with everything that a person chooses or drops, as long as the card asks for it. */
export function listenForFiles(card, onPicked) {
  for (const kind of ['files', 'folder']) {
    const input = part(kind, card);
    part(`choose-${kind}`, card).addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      const picked = chosen(input.files);

      // A browser reports only changes: without this, nobody could choose the same file twice.
      input.value = '';
      onPicked(picked);
    });
  }

  const drop = part('drop', card);
  addEventListener('dragover', event => {
    // A browser opens a file that misses the card, and leaves the page, unless the page takes it.
    event.preventDefault();
    drop.classList.add('over');
  });
  addEventListener('dragleave', event => {
    if (event.relatedTarget === null) {
      drop.classList.remove('over');
    }
  });
  addEventListener('drop', event => {
    event.preventDefault();
    drop.classList.remove('over');
    if (!drop.hidden) {
      dropped(event.dataTransfer).then(onPicked);
    }
  });
}
