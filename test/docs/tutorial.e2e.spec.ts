import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { codeBlocksIn, root } from './code-blocks.js';

const bakery = codeBlocksIn('docs/tutorials/first-workflow.md').find(({ file }) => file === 'bakery.ts');

mkdirSync(join(root, 'temp'), { recursive: true });
const folder = mkdtempSync(join(root, 'temp/tutorial-'));

afterAll(() => rmSync(folder, { recursive: true }));

function start(...args: readonly string[]): ChildProcess {
  const fromSource = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register'];
  return spawn(process.execPath, [...fromSource, ...args], {
    cwd: folder,
    env: { ...process.env, SWC_NODE_PROJECT: join(root, 'tsconfig.json') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('the tutorial', () => {
  it('kneads bread once that is killed while it rises', async () => {
    const impatient = (bakery?.code ?? '').replace('3_000', '100').replace('10 seconds', '2 seconds');
    writeFileSync(join(folder, 'bakery.ts'), impatient);
    const first = start('bakery.ts', 'spelt');
    const log = join(folder, 'kitchen.log');
    while (!existsSync(log)) await pause(5);
    // The kneading takes a tenth of a second, the rising two seconds.
    await pause(700);
    first.kill('SIGKILL');
    await once(first, 'exit');

    const second = start('bakery.ts', 'spelt');
    const [output] = await Promise.all([second.stdout ? text(second.stdout) : '', once(second, 'exit')]);
    expect(second.exitCode).toBe(0);
    expect(output).toContain('Done: bread of spelt dough');
    const events = output.split('\n').flatMap((line) => line.match(/Z (\w+)$/)?.[1] ?? []);
    const shown = (bakery?.output ?? '').matchAll(/Z (\w+)$/gm);
    expect(events).toEqual(Array.from(shown, ([, type]) => type));
    expect(readFileSync(log, 'utf8').replace(/key .*:/g, 'key ')).toBe(
      'spelt dough, key 0\nbread of spelt dough, key 1\n',
    );
  }, 60_000);
});
