// The card on which a person sends something: what it shows, and what its buttons ask for. It knows nothing of transfers; the job tells
// it what to say.

import { listenForFiles } from './choose.js';
import { bytes } from './format.js';
import { Meter } from './meter.js';
import { part, say, show, text } from './page.js';

function askBeforeLeaving(event) {
  event.preventDefault();
}

export class Card {
  #element;
  #meter;

  constructor(element) {
    this.#element = element;
    this.#meter = new Meter(this.#part('running'));
  }

  /**
   * Shows the card, which is hidden where no script runs, and calls back when a person asks for something.
   * @param {{ pick: (picked: object) => void, pause: () => void, cancel: () => void, retry: () => void }} asked
   */
  listen({ pick, pause, cancel, retry }) {
    listenForFiles(this.#element, pick);
    const buttons = { pause, cancel, retry, another: () => this.#chooseAnother() };
    for (const [name, action] of Object.entries(buttons)) {
      this.#part(name).addEventListener('click', action);
    }

    show(this.#element);
  }

  /** Shows what the person has chosen, in place of the buttons for choosing. */
  prepare(name, size) {
    this.#hide('drop');
    this.#show('running');
    this.#hide('retry', 'another');
    this.#part('link').textContent = '';
    this.#part('name').textContent = name;
    this.#part('size').textContent = bytes(size);
  }

  /** Shows the link for the receiver, and its picture. */
  share(link, picture) {
    this.#part('link').textContent = link;
    this.#part('qr').src = picture;
    this.#show('share');
  }

  /** Shows that something is on its way, which a person may pause and cancel but should not leave. */
  send() {
    this.showPaused(false);
    this.#show('pause', 'cancel');
    addEventListener('beforeunload', askBeforeLeaving);
  }

  showPaused(isPaused) {
    this.#part('pause').textContent = text(isPaused ? 'resume' : 'pause');
  }

  showProgress(count, length) {
    this.#meter.update(count, length);
  }

  say(sentence, tone) {
    // Screen readers do not read hidden elements.
    this.#show('running');
    say(this.#part('state'), sentence, tone);
  }

  /** Says how it ended, and shows what a person can do then. */
  end(sentence, tone, mayRetry) {
    // Hiding a button removes the focus, and a person at a keyboard would begin again at the top of the page.
    const hadFocus = this.#element.contains(document.activeElement);
    removeEventListener('beforeunload', askBeforeLeaving);
    this.#hide('pause', 'cancel', 'share');
    show(this.#part('retry'), mayRetry);
    this.#show('another');
    if (tone === 'bad') {
      this.#meter.hide();
    }

    this.say(sentence, tone);
    if (hadFocus) {
      this.#part('another').focus();
    }
  }

  #chooseAnother() {
    this.#hide('running', 'share', 'pause', 'cancel', 'retry', 'another');
    this.#meter.hide();
    this.#show('drop');
    this.#part('choose-files').focus();
  }

  #part(name) {
    return part(name, this.#element);
  }

  #show(...names) {
    names.forEach(name => show(this.#part(name)));
  }

  #hide(...names) {
    names.forEach(name => show(this.#part(name), false));
  }
}
