// The start page has no channel of its own, so it asks the server for one: a token to send with, and a link for the receiver.

import { root, text } from './page.js';
import { Failure, problem } from './problem.js';

async function mint(path) {
  const answer = await fetch(new URL(path, root), { method: 'POST', headers: { Accept: 'application/json' } });
  if (answer.ok) {
    return await answer.json();
  }

  const { detail, line } = await problem(answer);
  throw new Failure(text('send.refused') + (detail ?? line));
}

/** Mints both. The receiver's link can only receive, so that nobody can send with it in the sender's name. */
export async function mintLink() {
  const { token } = await mint('token');
  return { token, link: await mint(`${token}/-/token?rights=receive`) };
}
