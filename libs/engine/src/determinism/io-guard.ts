import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import { refuseIo } from './io-in-workflow.js';
import { currentRun } from './run-storage.js';

/** What works on a descriptor that is open already, as loggers have it, or does no I/O at all. */
const unguardedCalls =
  /^(close|read|readv|write|writev|fstat|fsync|fdatasync|ftruncate|fchmod|fchown|futimes)(Sync)?$|^[gs]et|^[A-Z_]|^unwatch/;

/**
 * Lets the entry points to files, sockets and processes fail in workflow code; elsewhere they work as before. What Node
 * calls itself passes: it loads modules and writes the log that way.
 */
export function guardIo(): void {
  guardAll('fs', fs);
  guardAll('fs.promises', fs.promises);
  guardAll('child_process', childProcess);
  guardAll('dns', dns);
  guardAll('dns.promises', dns.promises);
  guardSome('net', net, ['connect', 'createConnection', 'createServer']);
  guardSome('net.Socket.prototype', net.Socket.prototype, ['connect']);
  guardSome('tls', tls, ['connect', 'createServer']);
  guardSome('dgram', dgram, ['createSocket']);
  guardSome('http', http, ['request', 'get', 'createServer']);
  guardSome('https', https, ['request', 'get', 'createServer']);
  guardSome('http2', http2, ['connect', 'createServer', 'createSecureServer']);
  syncBuiltinESMExports();
}

function guardAll(label: string, owner: object): void {
  guardSome(
    label,
    owner,
    Object.keys(owner).filter((name) => !unguardedCalls.test(name)),
  );
}

function guardSome(label: string, owner: object, names: readonly string[]): void {
  for (const name of names) {
    const call: unknown = Reflect.get(owner, name);
    if (typeof call === 'function') Reflect.set(owner, name, guarded(`${label}.${name}`, call));
  }
}

/** Leads from a guarded function to what it guards, so that a second copy of this module doesn't guard it twice. */
const guardedCall = Symbol.for('fermata.guardedCall');

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- any function of a built-in module
function guarded(label: string, call: Function): Function {
  const guard = function (this: unknown, ...args: unknown[]): unknown {
    const run = currentRun();
    if (run) {
      const stack = stackAbove(guard);
      if (!isHarmless(stack)) throw refuseIo(run, label, stack);
    }
    return Reflect.apply(original, this, args);
  };
  const inner: unknown = Reflect.get(call, guardedCall);
  const original = typeof inner === 'function' ? inner : call;
  Object.defineProperties(guard, Object.getOwnPropertyDescriptors(call));
  return Object.defineProperty(guard, guardedCall, { value: original, configurable: true });
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- as V8 takes it
function stackAbove(call: Function): string {
  const trace: { stack?: string } = {};
  Error.captureStackTrace(trace, call);
  return trace.stack ?? '';
}

/** Node called it itself, or it is read where a stack's source maps are. */
function isHarmless(stack: string): boolean {
  const [, caller = ''] = stack.split('\n');
  return caller.includes('node:') || stack.includes('at prepareStackTrace ') || stack.includes('.prepareStackTrace ');
}
