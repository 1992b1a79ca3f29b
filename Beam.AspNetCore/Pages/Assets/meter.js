// How fast a transfer is, and how long it will still take: from the bytes of the last seconds.

import { bytes, time } from './format.js';
import { part, show, text } from './page.js';

const window = 5000;

export class Meter {
  #marks = [];
  #within;

  constructor(within) {
    this.#within = within;
  }

  hide() {
    this.#marks = [];
    show(part('progress', this.#within), false);
  }

  update(count, length) {
    const now = performance.now();
    this.#marks = this.#marks.filter(mark => now - mark.at < window);
    this.#marks.push({ at: now, count });
    const first = this.#marks[0];
    const rate = now > first.at ? (count - first.count) * 1000 / (now - first.at) : 0;

    const box = part('progress', this.#within);
    show(box);
    const bar = box.querySelector('progress');
    if (length) {
      bar.max = length;
      bar.value = count;
    } else {
      bar.removeAttribute('value');
    }

    const numbers = [length ? `${bytes(count)} ${text('send.of')} ${bytes(length)}` : bytes(count)];
    if (length) {
      numbers.push(`${Math.floor(count * 100 / length)} %`);
    }

    if (rate > 0) {
      numbers.push(`${bytes(rate)}/s`);
      if (length > count) {
        numbers.push(`${time((length - count) / rate)} ${text('send.left')}`);
      }
    }

    part('numbers', box).replaceChildren(...numbers.map(number => Object.assign(document.createElement('span'), { textContent: number })));
  }
}
