import type { Workload } from '../workload.js';
import { fanOutOfHundred } from './fan-out.js';
import { kernelReplay } from './kernel-replay.js';
import { longHistory } from './long-history.js';
import { readSide } from './read-side.js';
import { recovery } from './recovery.js';
import { sequential } from './sequential.js';
import { signalsToOne } from './signals.js';
import { singleStep } from './single-step.js';
import { storeFloor } from './store-floor.js';
import { suspended } from './suspended.js';
import { timers } from './timers.js';

/** In the order in which they run. The floor comes right after what is held against it: the machine's mood changes. */
export const workloads: readonly Workload[] = [
  sequential,
  storeFloor,
  singleStep,
  fanOutOfHundred,
  signalsToOne,
  timers,
  longHistory,
  recovery,
  suspended,
  kernelReplay,
  readSide,
];
