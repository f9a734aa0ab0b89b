import { parentPort, workerData } from 'node:worker_threads';
import { openHere, type CommitterOptions } from './committers.js';
import type { Append } from './layouts.js';

const committer = openHere(workerData as CommitterOptions, 'FULL');

parentPort?.on('message', (message: readonly Append[] | 'close') => {
  if (message === 'close') void committer.close();
  else void committer.commit(message);
  parentPort?.postMessage('done');
});
