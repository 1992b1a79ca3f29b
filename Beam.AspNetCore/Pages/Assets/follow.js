// What happens, as it happens: with server-sent events where they get through, otherwise by asking again and again.

import { pause } from './page.js';
import { EventName } from './wire.js';

const interval = 500;
const awayInterval = 2000;
const hiddenInterval = 5000;

// The first event comes at once. If it does not, something on the way holds answers back until they end.
const firstEventLimit = 4000;
let hasEvents = 'EventSource' in window;

function at(address, query) {
  const url = new URL(address, location.href);
  url.search = query;
  return url;
}

/** @returns whether there is more to come. */
function listen(url, names, onData, signal) {
  return new Promise(resolve => {
    const source = new EventSource(url);
    const end = isMore => {
      clearTimeout(timer);
      source.close();
      signal?.removeEventListener('abort', stop);
      document.removeEventListener('visibilitychange', stop);
      resolve(isMore);
    };

    // A browser has few connections for all of its pages, and a page that nobody looks at must not take one of them.
    const stop = () => end(true);
    const timer = setTimeout(() => {
      hasEvents = false;
      end(true);
    }, firstEventLimit);
    for (const name of names) {
      source.addEventListener(name, event => {
        clearTimeout(timer);
        const isMore = onData(JSON.parse(event.data)) !== false;
        if (!isMore || name === EventName.outcome) {
          end(isMore);
        }
      });
    }

    source.addEventListener('error', stop);
    signal?.addEventListener('abort', stop);
    document.addEventListener('visibilitychange', stop);
  });
}

/**
 * Calls back with everything that the server tells. While there is nothing to tell, it calls back with null and the status of the answer.
 * It ends when the callback returns false or the signal says stop.
 * @param {URL|string} address
 * @param {{ names: string[], query: string }} kind the events, and what to ask for where there are no events
 */
export async function follow(address, { names, query }, onData, signal) {
  while (!signal?.aborted) {
    if (hasEvents && !document.hidden && !await listen(at(address, '?events'), names, onData, signal)) {
      return;
    }

    if (signal?.aborted) {
      return;
    }

    let wait = document.hidden ? hiddenInterval : interval;
    try {
      const answer = await fetch(at(address, query), { headers: { Accept: 'application/json' }, cache: 'no-store', signal });
      const data = answer.ok ? await answer.json() : null;
      if (onData(data, answer.status) === false) {
        return;
      }

      wait = data === null || hasEvents ? awayInterval : wait;
    } catch {
      // Offline, or the server restarts: it may be back soon.
      wait = awayInterval;
    }

    await pause(wait, signal).catch(() => { });
  }
}

/** What the server tells of one transfer. */
export const transferKind = { names: [EventName.state, EventName.progress, EventName.outcome], query: '?status' };
