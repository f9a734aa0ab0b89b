import { profiled } from '../profile/profiled.js';
import { workloads } from '../workloads/workloads.js';
import type { JobMessage, JobOrder } from './messages.js';

const say = (message: JobMessage): void => void process.send?.(message);

// The parent made it from a JobOrder.
const order = JSON.parse(process.argv[2] ?? '{}') as JobOrder;
const workload = workloads.find(({ name }) => name === order.workload);
if (!workload) throw new Error(`There is no workload ${order.workload}.`);

const { profile } = order;
const figures = await workload.run({
  ...order,
  progress: (what) => say({ progress: what }),
  measured: (work) => (profile === undefined ? work() : profiled(profile, work)),
});
say({ figures });
process.disconnect();
