import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const samplingIntervalUs = 200;

/** Writes a CPU profile of `work`, of this thread alone, in the format of Chrome's developer tools. */
export async function profiled<Outcome>(file: string, work: () => Promise<Outcome>): Promise<Outcome> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: samplingIntervalUs });
    await session.post('Profiler.start');
    const outcome = await work();
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
    return outcome;
  } finally {
    session.disconnect();
  }
}
