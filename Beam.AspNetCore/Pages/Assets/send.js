// Choose or drop, get a link, send: the card, and a job for each choice on it. In a channel the files go into the channel; on the start
// page each choice gets a token and a link of its own.

import './copy.js';
import './overview.js';
import { Card } from './card.js';
import { Job } from './job.js';
import { part } from './page.js';

function bringToLife(element) {
  const card = new Card(element);
  let job = null;
  const begin = picked => {
    job = new Job(card, picked, element.dataset.sendTo ?? null);
    job.run();
  };
  card.listen({
    pick: begin,
    pause: () => job.togglePause(),
    cancel: () => job.cancel(),
    retry: () => begin(job.picked),
  });
}

const element = part('send');
if (element) {
  bringToLife(element);
}
