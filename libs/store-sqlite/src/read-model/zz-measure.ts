import { openSqliteReadModel } from './sqlite-read-model.js';
import { rmSync, statSync } from 'node:fs';
import { streamIdOf } from '@fermata/kernel';
const file = '/tmp/rm/rm.db';
const mode = process.argv[2],
  n = Number(process.argv[3]);
for (const x of ['', '-wal', '-shm']) rmSync(file + x, { force: true });
const rm = await openSqliteReadModel({ file });
let pos = 0;
const meta = {};
const t0 = 1_760_000_000_000;
const uuid = (i: number) => {
  const h = (t0 + i).toString(16).padStart(12, '0');
  return `${h.slice(0, 8)}-${h.slice(8)}-7${(i % 4096).toString(16).padStart(3, '0')}-8000-${((i * 2654435761) % 2 ** 40).toString(16).padStart(12, '0')}`;
};
const revs = new Map<string, number>();
const ev = (stream: string, type: string, data: object, ts: number) => {
  const r = (revs.get(stream) ?? -1) + 1;
  revs.set(stream, r);
  return { id: '', stream, revision: r, position: ++pos, timestamp: ts, metadata: meta, type, version: 1, data } as any;
};
const wid = (i: number) => `order-${((i * 2654435761) % 2 ** 32).toString(16).padStart(8, "0")}-${((i * 40503) % 65536).toString(16)}`; const stream = (i: number) => streamIdOf({ namespace: "default", workflowId: wid(i) });
let applied = 0,
  busy = 0,
  worst = 0;
async function apply(b: any[]) {
  const after = b[0].position - 1;
  const s = performance.now();
  await rm.apply(b, after);
  const d = performance.now() - s;
  busy += d;
  worst = Math.max(worst, d);
  applied += b.length;
}
const types = ['checkout', 'sequence', 'fan-out', 'trip', 'counter'];
if (mode === 'suspended') {
  let b: any[] = [];
  for (let i = 0; i < n; i++) {
    const s = stream(i);
    b.push(
      ev(s, 'WorkflowStarted', { runId: uuid(i), workflowType: types[i % 5], input: null, buildId: 'b1' }, t0 + i),
      ev(s, 'TimerStarted', { timerId: 0, dueAt: t0 + i + 86400000 }, t0 + i),
    );
    revs.delete(s);
    if (b.length >= 1000) {
      await apply(b);
      b = [];
    }
  }
  if (b.length) await apply(b);
} else {
  // hot: 64 in flight sequential 10 steps, batches of B events
  const B = Number(process.argv[4] ?? 1000);
  let b: any[] = [];
  let next = 0;
  const live: { i: number; k: number }[] = Array.from({ length: 64 }, () => ({ i: next++, k: 0 }));
  while (next < n)
    for (const run of live) {
      const s = stream(run.i);
      const ts = t0 + pos;
      if (run.k === 0)
        b.push(
          ev(s, 'WorkflowStarted', { runId: uuid(run.i), workflowType: 'sequence', input: { steps: 10 } }, ts),
          ev(s, 'StepScheduled', { stepId: 0, name: 'step' }, ts),
        );
      else {
        b.push(ev(s, 'StepSucceeded', { stepId: run.k - 1, attempt: 1, result: { i: run.k - 1 }, durationMs: 0 }, ts));
        b.push(
          run.k < 10
            ? ev(s, 'StepScheduled', { stepId: run.k, name: 'step' }, ts)
            : ev(s, 'WorkflowCompleted', { result: null }, ts),
        );
      }
      if (++run.k > 10) {
        revs.delete(s);
        run.i = next++;
        run.k = 0;
      }
      if (b.length >= B) {
        await apply(b);
        b = [];
      }
    }
}
console.log(
  mode,
  'events',
  applied,
  'events/s',
  Math.round((applied / busy) * 1000),
  'worst batch ms',
  worst.toFixed(1),
  'mean/batch',
);
const pct = async (name: string, f: (i: number) => Promise<unknown>, times = 300) => {
  const ds: number[] = [];
  for (let i = 0; i < times; i++) {
    const s = performance.now();
    await f(i);
    ds.push(performance.now() - s);
  }
  ds.sort((a, b) => a - b);
  console.log(
    name,
    'p50',
    ds[times >> 1]!.toFixed(2),
    'p99',
    ds[Math.floor(times * 0.99)]!.toFixed(2),
    'max',
    ds.at(-1)!.toFixed(2),
  );
};
if (mode === 'suspended') {
  const r = (i: number) => (i * 7919) % n;
  await pct('find', (i) => rm.find(stream(r(i))));
  await pct('waits', (i) => rm.waits(stream(r(i)), uuid(r(i))));
  await pct('due 100', (i) => rm.due({ until: t0 + 86400000 + n, limit: 100 }));
  await pct('list 50', (i) => rm.list({ namespace: 'default' }));
  const L =
    (filter: string, more: object = {}) =>
    (i: number) =>
      rm.list({ namespace: 'default', filter, ...more });
  await pct('type', L('workflowType = "trip"'));
  await pct('status', L('status = "running"'));
  await pct('status none', L('status in ("failed","stuck")'));
  await pct(
    'type+status+start',
    L('workflowType = "checkout" and status in ("failed","running") and startedAt > "2025-10-09T09:00:00Z"'),
  );
  await pct('id', (i) => rm.list({ namespace: 'default', filter: `workflowId = "${wid(r(i))}"` }));
  await pct('start range', L('startedAt < "2025-10-09T09:00:00Z" and startedAt > "2025-10-09T08:59:00Z"'));
  await pct('limit 1000', L('', { limit: 1000 }), 50);
  await pct('worst: closedAt (sifts all)', L('closedAt > "2026-01-01"'), 3);
  await pct(
    'worst: id range',
    L('workflowId > "order-99999" and workflowId < "order-999995" and not workflowId > "order-99999"'),
    3,
  );
}
await rm.close();
console.log('bytes/run', statSync(file).size / n, 'rss MB', Math.round(process.memoryUsage().rss / 2 ** 20));
