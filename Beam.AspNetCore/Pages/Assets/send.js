// Choose or drop, get a link, send. On the start page a token is minted for it; in a channel the files go there.

import './copy.js';
import './overview.js';
import { bytes } from './format.js';
import { follow, transferKind } from './follow.js';
import { Meter } from './meter.js';
import { part, root, say, show, text } from './page.js';
import { chosen, dropped } from './pick.js';
import { Failure, Upload } from './upload.js';
import { State } from './wire.js';
import { Zip } from './zip.js';

const maxNameBytes = 255;

async function mint(path) {
  const answer = await fetch(new URL(path, root), { method: 'POST', headers: { Accept: 'application/json' } });
  if (!answer.ok) {
    const body = await answer.text();
    let detail = body.split('\n', 1)[0];
    try {
      detail = JSON.parse(body).detail ?? detail;
    } catch {
      // It is a line of text.
    }

    throw new Failure(text('send.refused') + detail);
  }

  return await answer.json();
}

/** One file as it is, anything else as a zip. */
function sourceOf({ files, folder }) {
  if (files.length === 1 && folder === null) {
    const [{ file }] = files;
    return { name: file.name, size: file.size, type: file.type, slice: (from, to) => file.slice(from, to), probe: () => file.slice(0, 1).arrayBuffer() };
  }

  const zip = new Zip(files);
  return {
    name: `${folder ?? 'files'}.zip`,
    size: zip.size,
    type: 'application/zip',
    slice: (from, to) => zip.slice(from, to),
    probe: () => Promise.all(files.map(({ file }) => file.slice(0, 1).arrayBuffer())),
  };
}

/** Names that the server would refuse are put right where only a letter is wrong. */
function usableName(name) {
  const clean = name.normalize('NFC').replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069/\\\ufffd]/g, '_').trim();
  if (clean === '' || clean === '.' || clean === '..') {
    return 'file';
  }

  const encoder = new TextEncoder();
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= 16 ? clean.slice(dot) : '';
  let stem = [...clean.slice(0, clean.length - ending.length)];
  while (encoder.encode(stem.join('') + ending).length > maxNameBytes) {
    stem = stem.slice(0, -1);
  }

  return stem.join('') + ending;
}

class Panel {
  #card;
  #channel;
  #meter;
  #upload = null;
  #stop = null;
  #isPaused = false;
  #status = null;
  #hasWaitedInVain = false;
  #again = null;
  #follow = null;

  constructor(card, channel) {
    this.#card = card;
    this.#channel = channel;
    this.#meter = new Meter(this.#part('running'));
    const files = this.#part('files');
    const folder = this.#part('folder');
    this.#on('choose-files', () => files.click());
    this.#on('choose-folder', () => folder.click());
    for (const input of [files, folder]) {
      input.addEventListener('change', () => {
        const picked = chosen(input.files);
        input.value = '';
        this.#begin(picked);
      });
    }

    const drop = this.#part('drop');
    show(card);
    addEventListener('dragover', event => {
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
      if (this.#upload === null && !drop.hidden) {
        dropped(event.dataTransfer).then(picked => this.#begin(picked));
      }
    });

    this.#on('pause', () => this.#togglePause());
    this.#on('cancel', () => this.#cancel());
    this.#on('retry', () => this.#again());
    this.#on('another', () => this.#reset());
    addEventListener('beforeunload', event => {
      if (this.#upload !== null) {
        event.preventDefault();
      }
    });
  }

  #part(name) {
    return part(name, this.#card);
  }

  #on(name, action) {
    this.#part(name).addEventListener('click', action);
  }

  #say(key, tone, more = '') {
    say(this.#part('state'), text(key, 'send.failed') + more, tone);
  }

  #reset() {
    for (const name of ['running', 'share', 'pause', 'cancel', 'retry', 'another']) {
      show(this.#part(name), false);
    }

    this.#meter.hide();
    show(this.#part('drop'));
    this.#part('choose-files').focus();
  }

  async #begin(picked) {
    if (picked.files.length === 0) {
      show(this.#part('running'));
      this.#say('send.empty', 'bad');
      return;
    }

    const source = sourceOf(picked);
    const name = usableName(source.name);
    this.#again = () => this.#begin(picked);
    show(this.#part('drop'), false);
    show(this.#part('running'));
    show(this.#part('retry'), false);
    show(this.#part('another'), false);
    this.#part('link').textContent = '';
    this.#part('name').textContent = name;
    this.#part('size').textContent = bytes(source.size);
    this.#say('send.preparing', 'live');
    const totals = part('overview');
    if (totals && !part('overview-transfers')) {
      // They do not follow what happens, and are wrong from now on.
      show(totals, false);
    }

    try {
      const token = await this.#tokenFor(name);
      await this.#send(new URL(`${token}/${encodeURIComponent(name)}`, root), source);
    } catch (error) {
      this.#end('send.failed', 'bad', error);
    }
  }

  /** The token to send with. On the start page the receiver gets one of its own, which only receives. */
  async #tokenFor(name) {
    if (this.#channel !== null) {
      return this.#channel;
    }

    const { token } = await mint('token');
    const link = await mint(`${token}/-/token?rights=receive`);
    this.#part('link').textContent = `${link.url}/${encodeURIComponent(name)}`;
    this.#part('qr').src = new URL(`${link.token}/${encodeURIComponent(name)}?qr`, root);
    show(this.#part('share'));
    return token;
  }

  async #send(url, source) {
    this.#isPaused = false;
    this.#status = null;
    this.#hasWaitedInVain = false;
    this.#upload = new Upload(url, source, state => this.#onState(state));
    this.#part('pause').textContent = text('pause');
    show(this.#part('pause'));
    show(this.#part('cancel'));
    this.#stop = null;
    this.#follow = () => follow(url, transferKind, status => this.#onStatus(status, source.size), this.#stop.signal);
    const receipt = await this.#upload.run();
    if (receipt === null) {
      this.#end('send.cancelled', 'idle');
    } else {
      this.#meter.update(source.size, source.size);
      this.#end(`send.${receipt.outcome}`, 'good');
    }
  }

  #onState(state) {
    const sentences = { paused: ['send.paused', 'idle'], lost: ['send.lost', 'bad'], again: ['send.again', 'live'], reading: ['send.reading', 'live'] };
    this.#status = state === 'sending' ? null : state;
    this.#hasWaitedInVain ||= state === 'again';
    if (this.#stop === null) {
      // There is nothing to see before.
      this.#stop = new AbortController();
      this.#follow();
    }

    if (sentences[state]) {
      this.#say(...sentences[state]);
    } else {
      this.#say(this.#waiting, 'live');
    }
  }

  /** That nobody came so far stays true until somebody comes. */
  get #waiting() {
    return this.#hasWaitedInVain ? 'send.again' : 'send.waiting';
  }

  #onStatus(status, size) {
    if (status === null || status.outcome || this.#upload === null) {
      return true;
    }

    if (status.bytesSent > 0) {
      this.#hasWaitedInVain = false;
      this.#meter.update(status.bytesSent, size);
    }

    const sentences = {
      [State.waitingForReceiver]: [this.#waiting, 'live'],
      [State.streaming]: ['send.streaming', 'live'],
      [State.receiverAway]: ['send.receiverAway', 'idle'],
      [State.confirming]: ['send.confirming', 'live'],
    };
    if (this.#status === null && sentences[status.state]) {
      this.#say(...sentences[status.state]);
    }

    return true;
  }

  #togglePause() {
    this.#isPaused = !this.#isPaused;
    this.#part('pause').textContent = text(this.#isPaused ? 'resume' : 'pause');
    if (this.#isPaused) {
      this.#upload.pause();
    } else {
      this.#upload.resume();
    }
  }

  async #cancel() {
    await this.#upload?.cancel();
  }

  #end(key, tone, error = null) {
    const hadFocus = this.#card.contains(document.activeElement);
    this.#stop?.abort();
    this.#upload = null;
    show(this.#part('pause'), false);
    show(this.#part('cancel'), false);
    show(this.#part('share'), false);
    show(this.#part('retry'), tone !== 'good' && error?.cause !== 'unreadable');
    show(this.#part('another'));
    if (tone === 'bad') {
      this.#meter.hide();
    }

    if (error?.cause === 'unreadable') {
      this.#say('send.unreadable', 'bad');
    } else {
      this.#say(key, tone, error ? ` ${error.message}` : '');
    }

    if (hadFocus) {
      this.#part('another').focus();
    }
  }
}

const card = part('send');
if (card) {
  new Panel(card, card.dataset.sendTo ?? null);
}
