import { defaultLimits } from '@fermata/engine';
import { exampleWorkflows } from '@fermata/examples';
import { defineWorkflow, errorCodes } from '@fermata/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { createServer } from './create-server.js';
import { statuses } from './problems/problem.js';
import { version } from './version.js';

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Route>>>>;
  readonly components: { readonly schemas: { readonly StartExecution: { readonly properties: object } } };
}

interface Route {
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

let folder: string;
let app: NestFastifyApplication;
let url: string;
let document: Document;
let ajv: Ajv2020;
/** Asked first, since its answer takes as long as a read waits for its position. */
let lagging: Promise<Answer>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fermata-http-'));
  app = await createServer({
    store: `sqlite:${join(folder, 'log.db')}`,
    workflows: [...exampleWorkflows(), handingOut, failing],
    logger: pino({ level: 'silent' }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = await app.getUrl();
  document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  lagging = get('/v1/executions?position=999999999');
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** Asks, and holds the answer against the OpenAPI document. */
async function ask(method: 'GET' | 'POST', path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url + path, { method, ...init });
  const body = (await response.json()) as Answer['body'];
  const answer = {
    status: response.status,
    type: response.headers.get('content-type'),
    headers: response.headers,
    body,
  };
  expect(problemsWith(method, path, answer)).toEqual([]);
  return answer;
}

function problemsWith(method: string, path: string, { status, type, body }: Answer): unknown {
  const [pathname = ''] = path.split('?');
  const pattern = Object.keys(document.paths).find((each) => toPattern(each).test(pathname));
  if (pattern === undefined) return [];
  const schema =
    document.paths[pattern]?.[method.toLowerCase()]?.responses[String(status)]?.content[
      String(type).split(';')[0] ?? ''
    ]?.schema;
  if (!schema) return [`${method} ${pattern} doesn't document ${status} as ${type}`];
  const validate = ajv.compile(inDocument(schema));
  return validate(body) ? [] : validate.errors;
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
}

function inDocument(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
}

function get(path: string): Promise<Answer> {
  return ask('GET', path);
}

function post(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask('POST', path, {
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

function start(body: object): Promise<Answer> {
  return post('/v1/executions', body);
}

function expectProblem({ type, status, body }: Answer, expectedStatus: number, code: string): void {
  expect(type).toBe('application/problem+json; charset=utf-8');
  expect(body).toMatchObject({ type: expect.stringMatching(/^urn:fermata:problem:/), status: expectedStatus, code });
  expect(status).toBe(expectedStatus);
  expect(JSON.stringify(body)).not.toMatch(/\bat .*\.(js|ts):\d/);
}

/** Hands a step out and shows its token; its update fails. */
const handingOut = defineWorkflow('handing out', async (ctx): Promise<unknown> => {
  ctx.onUpdate('fail', (args) => {
    throw new RangeError((args as { readonly why: string }).why);
  });
  ctx.onQuery('token', () => tokensOf.get(ctx.runId));
  return ctx.step('look', (step) => {
    tokensOf.set(step.runId, step.token);
    return step.completeLater();
  });
});

const tokensOf = new Map<string, string>();

const failing = defineWorkflow('failing', () => Promise.reject(new Error('down')));

const order = {
  orderId: 'o-1',
  customer: 'Ada',
  lines: [{ sku: 'tea', quantity: 1, unitPriceCents: 500 }],
  paymentToken: 'tok-1',
};

describe('Starting', () => {
  it('answers 201 with the run, and a repeat of the request 200 with the same run', async () => {
    const body = { workflowType: 'sequence', workflowId: 'start-1', requestId: 'r-1', input: { steps: 2 } };
    const first = await start(body);
    expect(first).toMatchObject({ status: 201, body: { workflowId: 'start-1', created: true } });
    const again = await start(body);
    expect(again).toMatchObject({ status: 200, body: { runId: first.body['runId'], created: false } });
  });

  it('finds the first run by the request alone', async () => {
    const body = { workflowType: 'counter', requestId: 'request-alone' };
    const first = await start(body);
    expect(await start(body)).toMatchObject({
      status: 200,
      body: { workflowId: 'request-alone', runId: first.body['runId'] },
    });
  });

  it('makes an ID up where none is given', async () => {
    const { body } = await start({ workflowType: 'counter' });
    expect(body['workflowId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses a second run of an ID, unless it is told what to do', async () => {
    const body = { workflowType: 'counter', workflowId: 'start-2' };
    const first = await start(body);
    const refused = await start(body);
    expectProblem(refused, 409, 'WORKFLOW_ALREADY_STARTED');
    expect(refused.body['details']).toEqual({ runId: first.body['runId'] });
    expect(await start({ ...body, conflictPolicy: 'use-existing' })).toMatchObject({
      status: 200,
      body: { runId: first.body['runId'], created: false },
    });
    const replaced = await start({ ...body, conflictPolicy: 'terminate-existing' });
    expect(replaced).toMatchObject({ status: 201, body: { created: true } });
    const old = await get(
      `/v1/executions/start-2?runId=${String(first.body['runId'])}&position=${String(replaced.body['position'])}`,
    );
    expect(old.body).toMatchObject({ status: 'terminated' });
  });

  it('takes every field that the OpenAPI document has', async () => {
    const body = {
      workflowType: 'counter',
      workflowId: 'start-3',
      input: { start: 1 },
      requestId: 'r-3',
      idReusePolicy: 'reject-duplicate',
      conflictPolicy: 'fail',
      memo: { team: 'tea' },
      startDelay: '1 hour',
      runTimeout: '2 hours',
      executionTimeout: 3 * 3_600_000,
      retry: {
        maxAttempts: 2,
        initialInterval: '1s',
        backoff: 3,
        maxInterval: '1 minute',
        nonRetryable: ['CANCELLED'],
      },
    };
    expect(Object.keys(body).sort()).toEqual(Object.keys(document.components.schemas.StartExecution.properties).sort());
    const { status, body: started } = await start(body);
    expect(status).toBe(201);
    const { body: described } = await get(`/v1/executions/start-3?position=${String(started['position'])}`);
    expect(described['waits']).toMatchObject([{ kind: 'timer', until: expect.any(String) }]);
    const { body: history } = await get('/v1/executions/start-3/history');
    expect(history['events']).toMatchObject([
      { data: { runTimeoutMs: 7_200_000, retry: { maxAttempts: 2, initialMs: 1_000, backoff: 3, maxMs: 60_000 } } },
    ]);
  });

  it('times out and tries again as it is told', async () => {
    const first = await start({ workflowType: 'counter', workflowId: 'start-4', runTimeout: '10ms' });
    expect(first.status).toBe(201);
    const { status, body } = await get('/v1/executions/start-4/result?wait=10s');
    expect([status, Object.keys(body)]).toEqual([422, ['failure']]);
    const timedOut = await get(`/v1/executions/start-4?position=${String(first.body['position'])}`);
    expect(timedOut.body['status']).toBe('timed-out');
    const retry = { maxAttempts: 3, initialInterval: 0 };
    await start({ workflowType: 'failing', workflowId: 'start-5', retry });
    expect(await get('/v1/executions/start-5/result?wait=10s')).toMatchObject({ status: 422 });
    const { body: list } = await get(`/v1/executions?filter=${encodeURIComponent('workflowId = "start-5"')}`);
    expect(list['items']).toMatchObject([{ status: 'failed' }, { status: 'failed' }, { status: 'failed' }]);
  });

  it('refuses options that are none, each by its path', async () => {
    const options = {
      startDelay: 'soon',
      runTimeout: -1,
      retry: { maxAttempts: 'many', nonRetryable: [1], often: true },
    };
    const answer = await start({ workflowType: 'counter', ...options });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    const { problems } = answer.body['details'] as { readonly problems: { readonly path: string }[] };
    expect(problems.map(({ path }) => path)).toEqual([
      'startDelay',
      'runTimeout',
      'retry.maxAttempts',
      'retry.nonRetryable',
      'retry.often',
    ]);
    expectProblem(await start({ workflowType: 'counter', retry: { maxAttempts: 0 } }), 400, 'VALIDATION_FAILED');
    expectProblem(await start({ workflowType: 'counter', retry: 'often' }), 400, 'VALIDATION_FAILED');
  });
});

describe('Reading', () => {
  it('describes a run at the position of its start', async () => {
    const { body: started } = await start({
      workflowType: 'counter',
      workflowId: 'read-1',
      input: { start: 3 },
      memo: 'mine',
    });
    expect((await get(`/v1/executions/read-1?position=${String(started['position'])}`)).body).toEqual({
      workflowId: 'read-1',
      runId: started['runId'],
      workflowType: 'counter',
      status: 'running',
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      input: { start: 3 },
      waits: [{ kind: 'signal', name: 'stop', since: expect.any(String) }],
      pendingSteps: [],
      searchAttributes: {},
      memo: 'mine',
      children: [],
      historyLength: expect.any(Number),
      buildId: null,
      position: expect.any(Number),
    });
  });

  it('lists runs page by page', async () => {
    await start({ workflowType: 'nap', workflowId: 'list-1', input: { ms: 1 } });
    const { body: last } = await start({ workflowType: 'nap', workflowId: 'list-2', input: { ms: 1 } });
    const query = `filter=${encodeURIComponent('workflowType = "nap"')}&order=oldest&limit=1&position=${String(last['position'])}`;
    const first = await get(`/v1/executions?${query}`);
    expect(first.body['items']).toMatchObject([{ workflowId: 'list-1' }]);
    const second = await get(`/v1/executions?${query}&cursor=${String(first.body['nextCursor'])}`);
    expect(second.body['items']).toMatchObject([{ workflowId: 'list-2' }]);
    expect(second.body).not.toHaveProperty('nextCursor');
  });

  it('reads a history forwards in pages, and backwards', async () => {
    await start({ workflowType: 'sequence', workflowId: 'history-1', input: { steps: 2 } });
    await get('/v1/executions/history-1/result?wait=10s');
    const first = await get('/v1/executions/history-1/history?limit=2');
    expect(first.body).toMatchObject({
      events: [{ revision: 0, type: 'WorkflowStarted' }, { type: 'StepScheduled' }],
      nextFrom: 2,
    });
    const backwards = await get('/v1/executions/history-1/history?direction=backwards&limit=1');
    expect(backwards.body).toMatchObject({ events: [{ type: 'WorkflowCompleted' }] });
  });

  it('shows what a run did, as spans', async () => {
    await start({ workflowType: 'sequence', workflowId: 'trace-1', input: { steps: 1 } });
    await get('/v1/executions/trace-1/result?wait=10s');
    const { body } = await get('/v1/executions/trace-1/trace');
    expect(body['spans']).toMatchObject([{ kind: 'run' }, { kind: 'step', name: 'step' }, { kind: 'attempt' }]);
  });

  it('waits for a result, and says 202 while there is none', async () => {
    await start({ workflowType: 'counter', workflowId: 'result-1', input: { start: 5 } });
    expect(await get('/v1/executions/result-1/result')).toMatchObject({ status: 202, body: {} });
    expect(await get('/v1/executions/result-1/result?wait=20ms')).toMatchObject({ status: 202 });
    const waiting = get('/v1/executions/result-1/result?wait=30s');
    await post('/v1/executions/result-1/signals/stop');
    expect(await waiting).toMatchObject({ status: 200, body: { result: { value: 5 } } });
  });

  it('says 422 with the failure of a run that failed', async () => {
    await start({ workflowType: 'trip', workflowId: 'result-2', input: { failAt: 'car' } });
    const { status, body } = await get('/v1/executions/result-2/result?wait=10s');
    expect(status).toBe(422);
    expect(body['failure']).toMatchObject({ details: { compensated: ['hotel', 'flight'] } });
  });

  it('lists the workflow types with JSON Schema of classes and of zod', async () => {
    const { body } = await get('/v1/workflow-types');
    const types = body['items'] as { readonly workflowType: string; readonly input: { readonly properties: object } }[];
    const inputOf = (name: string) => types.find(({ workflowType }) => workflowType === name)?.input;
    expect(inputOf('checkout')).toMatchObject({
      properties: { lines: { type: 'array', items: { $ref: '#/$defs/OrderLine' } } },
      $defs: { OrderLine: { properties: { quantity: { type: 'integer' } } } },
    });
    expect(new Ajv2020({ strict: false }).validate(inputOf('checkout') ?? {}, order)).toBe(true);
    expect(inputOf('fan-out')).toMatchObject({ properties: { branches: { type: 'integer' } }, required: ['branches'] });
  });

  it('says that it is up and ready', async () => {
    expect(await get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get('/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});

describe('Messages', () => {
  it('counts a signal once for each Idempotency-Key', async () => {
    await start({ workflowType: 'counter', workflowId: 'signal-1' });
    const key = { 'idempotency-key': 'k-1' };
    expect(await post('/v1/executions/signal-1/signals/add', { by: 2 }, key)).toMatchObject({ status: 202 });
    expect(await post('/v1/executions/signal-1/signals/add', { by: 2 }, key)).toMatchObject({ status: 202 });
    await post('/v1/executions/signal-1/signals/add', { by: 3 });
    expect((await post('/v1/executions/signal-1/queries/value')).body).toEqual({ result: 5 });
  });

  it('refuses a query that the workflow does not answer', async () => {
    await start({ workflowType: 'counter', workflowId: 'query-1' });
    expectProblem(await post('/v1/executions/query-1/queries/nothing'), 404, 'UNKNOWN_QUERY');
  });

  it('carries out an update once for each Idempotency-Key, and answers with its result', async () => {
    await start({ workflowType: 'counter', workflowId: 'update-1' });
    const key = { 'idempotency-key': 'k-1' };
    const first = await post('/v1/executions/update-1/updates/add-and-get', { by: 2 }, key);
    expect(first).toMatchObject({ status: 200, body: { result: 2, position: expect.any(Number) } });
    const again = await post('/v1/executions/update-1/updates/add-and-get', { by: 2 }, key);
    expect(again).toMatchObject({ status: 200, body: { result: 2 } });
    expect((await post('/v1/executions/update-1/updates/add-and-get', { by: 3 })).body).toMatchObject({ result: 5 });
    const { body } = await get(`/v1/executions/update-1?position=${String(first.body['position'])}`);
    expect(body['position']).toBeGreaterThanOrEqual(first.body['position'] as number);
  });

  it('refuses an update that the run rejects, that is not valid, that it does not know, and for another run', async () => {
    await start({ workflowType: 'counter', workflowId: 'update-2' });
    const update = (name: string, args: unknown): Promise<Answer> =>
      post(`/v1/executions/update-2/updates/${name}`, args);
    const rejected = await update('add-and-get', { by: 0 });
    expectProblem(rejected, 422, 'UPDATE_REJECTED');
    expect(rejected.body['detail']).toContain('0 is not above 0.');
    expectProblem(await update('add-and-get', { by: 'two' }), 400, 'VALIDATION_FAILED');
    expectProblem(await update('nothing', {}), 404, 'UNKNOWN_UPDATE');
    expectProblem(await update('add-and-get?runId=other', { by: 1 }), 409, 'EXECUTION_CLOSED');
    expect((await post('/v1/executions/update-2/queries/value')).body).toEqual({ result: 0 });
  });

  it('answers 422 with the failure of an update whose handler fails', async () => {
    await start({ workflowType: 'handing out', workflowId: 'update-3' });
    const { status, body } = await post('/v1/executions/update-3/updates/fail', { why: 'no tea' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ failure: { type: 'RangeError', message: 'no tea' }, position: expect.any(Number) });
  });

  it('cancels gracefully and terminates at once, with a reason', async () => {
    await start({ workflowType: 'counter', workflowId: 'cancel-1' });
    expect(await post('/v1/executions/cancel-1/cancel', { reason: 'changed my mind' })).toMatchObject({ status: 202 });
    expect((await get('/v1/executions/cancel-1/result?wait=10s')).body['failure']).toMatchObject({
      code: 'CANCELLED',
      message: expect.stringContaining('changed my mind'),
    });
    await start({ workflowType: 'counter', workflowId: 'terminate-1' });
    expect(await post('/v1/executions/terminate-1/terminate')).toMatchObject({ status: 202 });
    expect((await get('/v1/executions/terminate-1/result')).body['failure']).toMatchObject({ code: 'TERMINATED' });
    expectProblem(await post('/v1/executions/terminate-1/signals/stop'), 409, 'EXECUTION_CLOSED');
  });

  it('refuses messages to an execution that there is not', async () => {
    for (const action of ['cancel', 'terminate', 'signals/stop', 'queries/value', 'updates/add-and-get']) {
      expectProblem(await post(`/v1/executions/nobody/${action}`), 404, 'EXECUTION_NOT_FOUND');
    }
    for (const part of ['', '/history', '/trace', '/result']) {
      expectProblem(await get(`/v1/executions/nobody${part}`), 404, 'EXECUTION_NOT_FOUND');
    }
  });
});

describe('Steps that are handed out', () => {
  let tokens = 0;

  /** Starts a run that hands its step out. */
  async function handOut(): Promise<{ readonly path: string; readonly token: string }> {
    const path = `/v1/executions/handing-out-${tokens++}`;
    await start({ workflowType: 'handing out', workflowId: path.split('/').at(-1) });
    for (;;) {
      const { body } = await post(`${path}/queries/token`);
      if (typeof body['result'] === 'string') return { path, token: body['result'] };
    }
  }

  it('are completed with their token, once', async () => {
    const { path, token } = await handOut();
    const result = { found: true };
    expect(await post('/v1/steps/complete', { token, result })).toMatchObject({
      status: 200,
      body: { isCurrent: true },
    });
    expect((await get(`${path}/result?wait=10s`)).body).toEqual({ result });
    expect(await post('/v1/steps/complete', { token, result })).toMatchObject({ body: { isCurrent: false } });
  });

  it('are heartbeated and failed', async () => {
    const { path, token } = await handOut();
    expect((await post('/v1/steps/heartbeat', { token, details: { percent: 40 } })).body).toEqual({ isCurrent: true });
    const error = {
      message: 'nothing found',
      type: 'NotFound',
      code: 'NOT_FOUND',
      details: { sku: 1 },
      nonRetryable: true,
    };
    expect((await post('/v1/steps/fail', { token, error })).body).toEqual({ isCurrent: true });
    const { status, body } = await get(`${path}/result?wait=10s`);
    expect(status).toBe(422);
    expect(body['failure']).toMatchObject(error);
    expect((await post('/v1/steps/heartbeat', { token })).body).toEqual({ isCurrent: false });
  });

  it('refuses what is no token, and bodies that it does not know', async () => {
    expectProblem(await post('/v1/steps/complete', { token: 'nonsense' }), 400, 'VALIDATION_FAILED');
    expectProblem(await post('/v1/steps/complete', { result: 1 }), 400, 'VALIDATION_FAILED');
    expectProblem(await post('/v1/steps/fail', { token: 'x', error: 'text' }), 400, 'VALIDATION_FAILED');
    expectProblem(await post('/v1/steps/heartbeat'), 400, 'VALIDATION_FAILED');
  });
});

describe('Bad input', () => {
  afterAll(async () => {
    expect(await get('/readyz')).toMatchObject({ status: 200 });
  });

  it('refuses an unknown type, and names those there are', async () => {
    const answer = await start({ workflowType: 'nonsense' });
    expectProblem(answer, 400, 'UNKNOWN_WORKFLOW_TYPE');
    expect(answer.body['details']).toMatchObject({ known: expect.arrayContaining(['checkout', 'sequence']) });
  });

  it('refuses input that a class-validator class refuses, with every path', async () => {
    const answer = await start({ workflowType: 'checkout', input: { ...order, lines: [{ sku: 1 }], coupon: 'x' } });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    const { problems } = answer.body['details'] as { readonly problems: { readonly path: string }[] };
    const paths = new Set(problems.map(({ path }) => path));
    expect(paths).toEqual(new Set(['coupon', 'lines.0.sku', 'lines.0.quantity', 'lines.0.unitPriceCents']));
  });

  it('refuses input that a zod schema refuses', async () => {
    const answer = await start({ workflowType: 'fan-out', input: { branches: 'many' } });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['details']).toMatchObject({ problems: [{ path: 'branches' }] });
  });

  it('refuses what it does not know, and what it does not do yet', async () => {
    const answer = await start({ workflowType: 'counter', inptu: {}, searchAttributes: { team: 'tea' } });
    expectProblem(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body['details']).toEqual({
      problems: [
        { path: 'searchAttributes', message: 'is not supported yet' },
        { path: 'inptu', message: 'is not known here' },
      ],
    });
    expectProblem(await get('/v1/executions?limit=0&order=sideways'), 400, 'VALIDATION_FAILED');
    expectProblem(await get('/v1/executions/x/result?wait=forever'), 400, 'VALIDATION_FAILED');
    expectProblem(await get('/v1/executions?filter=nonsense'), 400, 'MALFORMED_FILTER');
  });

  it('refuses a payload over the limit, and a body over its own', async () => {
    const tooLarge = await start({ workflowType: 'counter', memo: 'x'.repeat(defaultLimits.payloadBytesMax) });
    expectProblem(tooLarge, 413, 'PAYLOAD_TOO_LARGE');
    const farTooLarge = await start({ workflowType: 'counter', memo: 'x'.repeat(defaultLimits.payloadBytesMax * 2) });
    expectProblem(farTooLarge, 413, 'PAYLOAD_TOO_LARGE');
  });

  it.each(['{"workflowType":', 'nonsense', '[]', '"text"', '{"__proto__": {"x": 1}, "workflowType": "counter"}'])(
    'refuses the body %s',
    async (body) => {
      expectProblem(await post('/v1/executions', body), 400, 'VALIDATION_FAILED');
    },
  );

  it('refuses a body that is not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"workflowType":"counter","memo":"'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    const headers = { 'content-type': 'application/json' };
    expectProblem(await ask('POST', '/v1/executions', { headers, body }), 400, 'VALIDATION_FAILED');
  });

  it('refuses a body of another type', async () => {
    const answer = await ask('POST', '/v1/executions', { body: '{"workflowType":"counter"}' });
    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('refuses what a page of another site has a browser send', async () => {
    const foreign = await post('/v1/executions/anyone/cancel', undefined, { 'sec-fetch-site': 'cross-site' });
    expectProblem(foreign, 403, 'PERMISSION_DENIED');
    const own = await post('/v1/executions/anyone/cancel', undefined, { 'sec-fetch-site': 'same-origin' });
    expectProblem(own, 404, 'EXECUTION_NOT_FOUND');
  });

  it('refuses control characters and an ID of 10,000 characters, in bodies and in paths', async () => {
    const long = 'x'.repeat(10_000);
    for (const workflowId of ['a\u0000b', 'a\nb', '\ud800', '', long]) {
      expectProblem(await start({ workflowType: 'counter', workflowId }), 400, 'VALIDATION_FAILED');
    }
    expectProblem(await start({ workflowType: 'counter', requestId: long }), 400, 'VALIDATION_FAILED');
    expectProblem(await get(`/v1/executions/${long}`), 400, 'VALIDATION_FAILED');
    expectProblem(await get('/v1/executions/a%00b'), 400, 'VALIDATION_FAILED');
    await start({ workflowType: 'counter', workflowId: 'names-1' });
    expectProblem(await post(`/v1/executions/names-1/signals/a%07b`), 400, 'VALIDATION_FAILED');
    expectProblem(await post(`/v1/executions/names-1/signals/${long}`), 400, 'VALIDATION_FAILED');
  });

  it('answers a problem for a path that is none, a route that is none, and what is no HTTP', async () => {
    expectProblem(await get('/v1/executions/%E0%A4%A'), 400, 'VALIDATION_FAILED');
    expectProblem(await get('/v1/nothing'), 404, 'ROUTE_NOT_FOUND');
    expect(await raw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*"code":"VALIDATION_FAILED"/);
    expect(await raw(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 [^]*"HEADERS_TOO_LARGE"/,
    );
  });

  it('says when it can not answer from a position yet', async () => {
    const answer = await lagging;
    expectProblem(answer, 503, 'READ_MODEL_LAGS');
    expect(answer.headers.get('retry-after')).toBe('1');
  }, 10_000);
});

describe('The OpenAPI document', () => {
  it('names the release', async () => {
    const { version: released } = JSON.parse(await readFile(join(import.meta.dirname, '../package.json'), 'utf8')) as {
      readonly version: string;
    };
    expect([version, document.info.version]).toEqual([released, released]);
  });

  it('has a status for every code', () => {
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining([...errorCodes]));
  });
});

/** Sends bytes as they are. */
async function raw(bytes: string): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  return text(socket);
}
