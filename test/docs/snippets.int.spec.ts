// The code in README.md and docs/ compiles and does what the documents say. How blocks are marked:
//
// - "```ts file=order.ts" is a file that the reader makes. The files of a document lie in one folder, so that they may
//   import each other, and pass the type check.
// - "```ts file=order.ts run" is a program besides: it is run, must end well, and must print the first "```text" block
//   that follows it, if there is one before the next TypeScript.
//
// Every block of TypeScript has to be marked. Programs print nothing that differs from one run to the next.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { codeBlocksIn, documents, root, type CodeBlock } from './code-blocks.js';
import type { ProgramRun } from './run-programs.js';

const all = documents.flatMap(codeBlocksIn);
const files = all.filter(({ file }) => file !== undefined);
const programs = files.filter(({ isProgram }) => isProgram);

// Below the root, so that the packages are found as a reader's files find them.
mkdirSync(join(root, 'temp'), { recursive: true });
const folder = mkdtempSync(join(root, 'temp/snippets-'));
for (const block of files) {
  mkdirSync(dirname(pathOf(block)), { recursive: true });
  writeFileSync(pathOf(block), block.code);
}
const runs = runPrograms(programs.map(pathOf));

afterAll(() => rmSync(folder, { recursive: true }));

describe('code in the documents', () => {
  it('is marked, each block as a file of its own', () => {
    expect(all.filter(({ file }) => file === undefined).map(({ document, code }) => ({ document, code }))).toEqual([]);
    expect(new Set(files.map(pathOf)).size).toBe(files.length);
    expect(programs.length).toBeGreaterThan(20);
  });

  it('passes the type check', () => {
    expect(problemsIn(files.map(pathOf))).toEqual([]);
  }, 60_000);

  it.each(programs.map((block) => [block.document, block.file, block] as const))(
    '%s: %s does what is shown',
    async (_document, _file, block) => {
      const run = (await runs).get(pathOf(block));
      expect(run?.error).toBeUndefined();
      if (block.output !== undefined) expect(run?.output).toBe(block.output);
    },
    60_000,
  );
});

function pathOf({ document, file = '' }: CodeBlock): string {
  return join(folder, document.replace(/\.md$/, ''), file);
}

function problemsIn(names: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (file) => ts.sys.readFile(file)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram(names, {
    ...options,
    noEmit: true,
    declaration: false,
    allowImportingTsExtensions: true,
  });
  const problems = names.flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)));
  const host = {
    getCanonicalFileName: (file: string) => file,
    getCurrentDirectory: () => folder,
    getNewLine: () => '\n',
  };
  return problems.map((problem) => ts.formatDiagnostic(problem, host));
}

/** All in one process: starting one takes longer than most programs. */
async function runPrograms(paths: readonly string[]): Promise<ReadonlyMap<string, ProgramRun>> {
  const ended = new Map<string, ProgramRun>();
  const child = fork(new URL('run-programs.ts', import.meta.url), paths, {
    execArgv: [
      '--conditions=@fermata/source',
      '--import',
      '@swc-node/register/esm-register',
      '--disable-warning=ExperimentalWarning',
    ],
    env: { ...process.env, SWC_NODE_PROJECT: join(root, 'tsconfig.json') },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.on('message', (run: ProgramRun) => ended.set(run.file, run));
  await once(child, 'exit');
  return ended;
}
