import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { filesIn, outputAfter } from './testing/document-code.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tutorial = 'docs/tutorials/first-workflow.md';
const files = new Map([...filesIn('README.md'), ...filesIn(tutorial)]);
const fromSource = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register'];
const environment = { ...process.env, SWC_NODE_PROJECT: join(root, 'tsconfig.json') };

// Below the root, so that the packages are found as a reader's files find them.
mkdirSync(join(root, 'examples/temp'), { recursive: true });
const folder = mkdtempSync(join(root, 'examples/temp/documents-'));
for (const [name, code] of files) writeFileSync(join(folder, name), code);

afterAll(() => rmSync(folder, { recursive: true }));

function start(...args: readonly string[]) {
  return spawn(process.execPath, [...fromSource, ...args], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function run(...args: readonly string[]): Promise<string> {
  const child = start(...args);
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(exitCode).toBe(0);
  return output;
}

describe('code in the documents', () => {
  it('is there', () => {
    expect([...files.keys()]).toEqual(['order.ts', 'bakery.ts', 'oven.ts']);
  });

  it('passes the type check', () => {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (file) => ts.sys.readFile(file)) as {
      config: { compilerOptions: object };
    };
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
    const names = [...files.keys()].map((name) => join(folder, name));
    const program = ts.createProgram(names, { ...options, noEmit: true });
    const problems = names.flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)));
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  }, 60_000);

  it('README: the workflow gives what its last line says', async () => {
    expect(await run('order.ts')).toBe("{ shipmentId: 'shp-A-1' }\n");
  }, 30_000);

  it('tutorial: the oven gives the output that is shown', async () => {
    expect(await run('oven.ts')).toBe(outputAfter(tutorial, 'node_modules/.bin/node oven.ts\n'));
  }, 30_000);

  it('tutorial: bread that is killed while it rises is kneaded once', async () => {
    const impatient = (files.get('bakery.ts') ?? '').replace('3_000', '100').replace('10 seconds', '2 seconds');
    writeFileSync(join(folder, 'bakery.ts'), impatient);
    const first = start('bakery.ts', 'spelt');
    const log = join(folder, 'kitchen.log');
    while (!existsSync(log)) await pause(5);
    // The kneading takes a tenth of a second, the rising two seconds.
    await pause(700);
    first.kill('SIGKILL');
    await once(first, 'exit');

    const output = await run('bakery.ts', 'spelt');
    expect(output).toContain('Done: bread of spelt dough');
    const events = output.split('\n').flatMap((line) => line.match(/Z (\w+)$/)?.[1] ?? []);
    const shown = outputAfter(tutorial, 'node_modules/.bin/node bakery.ts rye\n').matchAll(/Z (\w+)$/gm);
    expect(events).toEqual(Array.from(shown, ([, type]) => type));
    expect(readFileSync(log, 'utf8').replace(/key .*:/g, 'key ')).toBe(
      'spelt dough, key 0\nbread of spelt dough, key 1\n',
    );
  }, 60_000);
});
