import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { ensure } from '../measure/ensure.js';
import type { Setting } from '../workload.js';
import { benchStoreIn } from './bench-store.js';

const connectionsMax = 64;
const isBuilt = extname(import.meta.url) === '.js';
const entry = fileURLToPath(
  new URL(`../../../apps/server/${isBuilt ? 'dist/main.js' : 'src/main.ts'}`, import.meta.url),
);

export interface Started {
  readonly workflowId: string;
  readonly position: number;
}

/** The standalone server in a process of its own, and a connection pool to it. */
export class ServerProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly pool: Pool,
  ) {}

  static async start(folder: string, kind: Setting['store'] = 'sqlite'): Promise<ServerProcess> {
    const { address, namespace } = benchStoreIn(folder, kind);
    const env = {
      ...process.env,
      FERMATA_STORE: address,
      FERMATA_READ_MODEL: `sqlite:${join(folder, 'read-model.db')}`,
      FERMATA_NAMESPACE: namespace,
      FERMATA_HTTP_PORT: '0',
      FERMATA_GRPC_PORT: '0',
      FERMATA_HOST: '127.0.0.1',
      FERMATA_LOG_LEVEL: 'warn',
    };
    const child = spawn(process.execPath, [...process.execArgv, entry], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const origin = await addressOf(child);
    return new ServerProcess(child, new Pool(origin, { connections: connectionsMax }));
  }

  async start(workflowType: string, input: unknown): Promise<Started> {
    const { status, body } = await this.#call('POST', '/v1/executions', { workflowType, input });
    ensure(status === 201 && isStarted(body), `a start answered ${status} ${JSON.stringify(body)}`);
    return body;
  }

  /** Waits for the run to close. */
  async result(workflowId: string): Promise<unknown> {
    const { status, body } = await this.#call('GET', `/v1/executions/${workflowId}/result?wait=30s`);
    ensure(status === 200 && isResult(body), `a result answered ${status} ${JSON.stringify(body)}`);
    return body.result;
  }

  /** Resolves once the read model has reached a position. */
  async listAt(position: number): Promise<void> {
    const { status, body } = await this.#call('GET', `/v1/executions?limit=1&position=${position}`);
    ensure(status === 200, `a list answered ${status} ${JSON.stringify(body)}`);
  }

  /** @throws Error when the server doesn't end well */
  async stop(): Promise<void> {
    await this.pool.close();
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    ensure(this.child.exitCode === 0, `the server ended with code ${this.child.exitCode ?? 'none'}`);
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await this.pool.request({
      method,
      path,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.statusCode, body: await response.body.json() };
  }
}

/** The start-up line names where the server listens. */
async function addressOf(child: ChildProcess): Promise<string> {
  ensure(child.stdout !== null, 'the server has no output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address === undefined) continue;
    child.stdout.resume();
    return address;
  }
  throw new Error('The server ended before it listened.');
}

function isStarted(body: unknown): body is Started {
  return typeof body === 'object' && body !== null && 'workflowId' in body && 'position' in body;
}

function isResult(body: unknown): body is { readonly result: unknown } {
  return typeof body === 'object' && body !== null && 'result' in body;
}
