import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { EventEmitter } from 'node:events';
import { HeldRequests, waitMsMax, type Hold } from './held-requests.js';

/** What a held request is known by: its socket. */
function aRequest(): { readonly request: FastifyRequest; readonly socket: EventEmitter } {
  const socket = new EventEmitter();
  return { socket, request: { raw: { socket } } as unknown as FastifyRequest };
}

/** Waits until it is told to stop. */
function untilAborted({ signal }: Hold): Promise<string> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

describe('A held request', () => {
  it('gets what it waited for, and leaves nothing behind', async () => {
    const { request, socket } = aRequest();
    expect(await new HeldRequests().hold(request, 10, ({ waitMs }) => Promise.resolve(waitMs))).toBe(10);
    expect(socket.listenerCount('close')).toBe(0);
  });

  it('waits a minute at most', async () => {
    const { request } = aRequest();
    expect(await new HeldRequests().hold(request, 3_600_000, ({ waitMs }) => Promise.resolve(waitMs))).toBe(waitMsMax);
  });

  it('is let go when its client leaves', async () => {
    const { request, socket } = aRequest();
    const held = new HeldRequests().hold(request, 1_000, untilAborted);
    socket.emit('close');
    expect(await held).toBeUndefined();
  });

  it('is let go when the server stops, and no other is held then', async () => {
    const requests = new HeldRequests();
    const held = requests.hold(aRequest().request, 1_000, untilAborted);
    requests.onModuleDestroy();
    expect(await held).toBeUndefined();
    expect(await requests.hold(aRequest().request, 1_000, ({ waitMs }) => Promise.resolve(waitMs))).toBe(0);
  });

  it('passes on what went wrong', async () => {
    const failed = new HeldRequests().hold(aRequest().request, 1, () => Promise.reject(new Error('no such run')));
    await expect(failed).rejects.toThrow('no such run');
  });
});
