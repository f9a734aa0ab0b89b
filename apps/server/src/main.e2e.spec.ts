import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

type Server = ChildProcessByStdio<null, Readable, Readable>;

const root = join(import.meta.dirname, '../../..');
const main = join(import.meta.dirname, 'main.ts');
const runTypeScript = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register'];
const startMsMax = 30_000;

let folder: string;
let servers: Server[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fermata-server-'));
  servers = [];
});

afterEach(async () => {
  for (const server of servers) if (server.exitCode === null) server.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function run(environment: Readonly<Record<string, string>> = {}): Server {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    FERMATA_STORE: `sqlite:${join(folder, 'log.db')}`,
    FERMATA_HTTP_PORT: '0',
    ...environment,
  };
  const server = spawn(process.execPath, [...runTypeScript, main], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  servers.push(server);
  return server;
}

async function addressOf({ stdout }: Server): Promise<string> {
  let told = '';
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    told += String(chunk);
    const address = /http:\/\/\S+/.exec(told)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error(`The server ended before it listened: ${told}`);
}

async function endOf(server: Server): Promise<{ readonly code: unknown; readonly errors: string }> {
  let errors = '';
  server.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
  const [code] = (await once(server, 'close')) as [unknown];
  return { code, errors };
}

async function post(address: string, path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(address + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

describe('The server process', () => {
  it(
    'runs workflows, lets go of those who wait on SIGTERM, exits with 0, and goes on where it stood',
    async () => {
      const first = run();
      const address = await addressOf(first);
      expect((await post(address, '/v1/executions', { workflowType: 'counter', workflowId: 'c-1' })).status).toBe(201);
      expect((await post(address, '/v1/executions/c-1/signals/add', { by: 7 })).status).toBe(202);
      const waiting = fetch(`${address}/v1/executions/c-1/result?wait=60s`);
      await fetch(`${address}/healthz`);
      first.kill('SIGTERM');
      expect((await waiting).status).toBe(202);
      expect(await endOf(first)).toEqual({ code: 0, errors: '' });

      const second = run();
      const again = await addressOf(second);
      await post(again, '/v1/executions/c-1/signals/stop', {});
      expect(await (await fetch(`${again}/v1/executions/c-1/result?wait=10s`)).json()).toEqual({
        result: { value: 7 },
      });
      second.kill('SIGTERM');
      expect((await endOf(second)).code).toBe(0);
    },
    2 * startMsMax,
  );

  it(
    "exits with 1 and one line when it can't open its store, or was told nonsense",
    async () => {
      const file = join(folder, 'notes.txt');
      await writeFile(file, 'This is a text, and long enough that nobody takes it for a database.'.repeat(20));
      const [noStore, noPort] = await Promise.all([
        endOf(run({ FERMATA_STORE: `sqlite:${file}` })),
        endOf(run({ FERMATA_HTTP_PORT: 'http' })),
      ]);
      expect(noStore.code).toBe(1);
      expect(noStore.errors).toMatch(/^Fermata can't start: .*notes\.txt.*\n$/);
      expect(noPort).toEqual({
        code: 1,
        errors: expect.stringMatching(/^Fermata can't start: FERMATA_HTTP_PORT=http .*\n$/),
      });
    },
    startMsMax,
  );
});
