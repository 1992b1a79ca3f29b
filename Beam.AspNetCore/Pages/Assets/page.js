// What all scripts share: the texts, Beam's root, and parts of the page by their data attribute.

import texts from './texts.js';

export const root = new URL(document.documentElement.dataset.root, location.href);

/** The text of a key, or else of another key, or else null. */
export const text = (key, otherwise) => texts[key] ?? texts[otherwise] ?? null;

export const part = (name, within = document) => within.querySelector(`[data-${name}]`);

export function show(element, isShown = true) {
  if (element) {
    element.hidden = !isShown;
  }
}

/** Says where things stand. Screen readers read every change aloud, so it changes only when there is something new. */
export function say(element, sentence, tone) {
  if (element.textContent !== sentence) {
    element.textContent = sentence;
  }

  element.dataset.tone = tone;
}

export const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, milliseconds);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    reject(signal.reason);
  }, { once: true });
});
