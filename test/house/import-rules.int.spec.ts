import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const repository = join(import.meta.dirname, '../..');

interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly imports: string;
}

const forbidden: readonly Violation[] = [
  { rule: 'no-circular', from: 'libs/kernel/src/egg.ts', imports: './hen.js' },
  { rule: 'no-unresolvable', from: 'examples/src/lost.ts', imports: './nowhere.js' },
  { rule: 'no-unresolvable', from: 'examples/src/reaches-past-exports.ts', imports: '@fermata/sdk/src/inner.js' },
  { rule: 'kernel-is-pure', from: 'libs/kernel/src/reads-a-file.ts', imports: 'node:fs' },
  { rule: 'kernel-is-pure', from: 'libs/kernel/src/needs-a-package.ts', imports: 'driver' },
  { rule: 'kernel-is-pure', from: 'libs/kernel/src/needs-the-engine.ts', imports: '@fermata/engine' },
  { rule: 'engine-needs-kernel-only', from: 'libs/engine/src/opens-sqlite.ts', imports: '@fermata/store-sqlite' },
  { rule: 'engine-needs-kernel-only', from: 'libs/engine/src/needs-a-package.ts', imports: 'driver' },
  { rule: 'adapters-need-ports-only', from: 'libs/store-sqlite/src/needs-the-sdk.ts', imports: '@fermata/sdk' },
  { rule: 'no-nest-in-the-core', from: 'libs/sdk/src/is-injectable.ts', imports: '@nestjs/common' },
  { rule: 'libs-not-outwards', from: 'libs/sdk/src/runs-the-server.ts', imports: '@fermata/server' },
  { rule: 'libs-not-outwards', from: 'libs/sdk/src/runs-an-example.ts', imports: '@fermata/examples' },
  { rule: 'libs-not-outwards', from: 'libs/sdk/src/runs-a-benchmark.ts', imports: '@fermata/bench' },
  { rule: 'no-deep-imports', from: 'apps/server/src/reaches-in.ts', imports: '../../../libs/sdk/src/inner.js' },
  { rule: 'no-deep-imports', from: 'apps/server/src/goes-by-path.ts', imports: '../../../libs/sdk/src/index.js' },
  { rule: 'production-without-tests', from: 'libs/sdk/src/simulates.ts', imports: '@fermata/testing' },
  { rule: 'production-without-tests', from: 'libs/engine/src/runs-a-suite.ts', imports: './store.contract.js' },
  { rule: 'production-without-tests', from: 'libs/sdk/src/runs-a-spec.ts', imports: './inner.spec.js' },
];

/** Each file with what it imports; none of these may be refused. */
const allowed: readonly (readonly [file: string, ...imports: readonly string[]])[] = [
  ['libs/kernel/src/hen.ts', './egg.js'],
  ['libs/kernel/src/step.ts', './index.js'],
  ['libs/kernel/src/step.spec.ts', './step.js', 'node:fs', '@fermata/testing'],
  ['libs/engine/src/store.contract.ts', '@fermata/kernel', '@fermata/testing'],
  ['libs/engine/src/turns.ts', '@fermata/kernel', 'node:timers'],
  ['libs/store-sqlite/src/append.ts', '@fermata/engine', '@fermata/kernel', 'node:sqlite', 'driver'],
  ['libs/store-sqlite/src/append.int.spec.ts', './append.js', '../../engine/src/store.contract.js'],
  ['libs/sdk/src/inner.ts', '@fermata/store-sqlite', '@fermata/engine'],
  ['libs/sdk/src/inner.spec.ts', './inner.js'],
  ['libs/nestjs/src/module.ts', '@nestjs/common', '@fermata/sdk', '@fermata/engine'],
  ['libs/testing/src/simulation.ts', '@fermata/engine', '@fermata/store-sqlite', 'node:crypto'],
  ['apps/server/src/main.ts', '@nestjs/common', '@fermata/nestjs', '@fermata/examples'],
  ['bench/src/main.ts', '@fermata/sdk', '@fermata/testing', '@fermata/examples'],
];

const packages = {
  '@fermata/kernel': 'libs/kernel',
  '@fermata/engine': 'libs/engine',
  '@fermata/store-sqlite': 'libs/store-sqlite',
  '@fermata/sdk': 'libs/sdk',
  '@fermata/nestjs': 'libs/nestjs',
  '@fermata/testing': 'libs/testing',
  '@fermata/server': 'apps/server',
  '@fermata/examples': 'examples',
  '@fermata/bench': 'bench',
};

describe('The import rules', () => {
  let tree: string;
  let report: CruiseReport;

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'import-rules-'));
    writeTree();
    report = cruise();
  });

  afterAll(() => {
    rmSync(tree, { recursive: true });
  });

  it.each(forbidden)('$rule: refuses $imports in $from', ({ rule, from }) => {
    expect(violations()).toContain(`${rule}: ${from}`);
  });

  it('refuse nothing else', () => {
    const expected = forbidden.map(({ rule, from }) => `${rule}: ${from}`);
    expect(violations().sort()).toEqual(expected.sort());
  });

  it('have a forbidden import above for each rule', () => {
    const rules = report.summary.ruleSetUsed.forbidden.map(({ name }) => name);
    expect(new Set(forbidden.map(({ rule }) => rule))).toEqual(new Set(rules));
  });

  function violations(): string[] {
    return report.summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
  }

  function writeTree(): void {
    for (const [name, folder] of Object.entries(packages)) {
      write(`${folder}/package.json`, JSON.stringify({ name, type: 'module', exports: './src/index.ts' }));
      write(`${folder}/src/index.ts`, 'export const here = true;\n');
      link(folder, `node_modules/${name}`);
    }
    for (const name of ['driver', '@nestjs/common']) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, type: 'module', exports: './index.js' }));
      write(`node_modules/${name}/index.js`, 'export const here = true;\n');
    }
    for (const { from, imports } of forbidden) write(from, importing([imports]));
    for (const [file, ...imports] of allowed) write(file, importing(imports));
  }

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }

  function link(folder: string, path: string): void {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    symlinkSync(join(tree, folder), join(tree, path), 'junction');
  }

  function cruise(): CruiseReport {
    const cli = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const config = join(repository, '.dependency-cruiser.js');
    const args = [cli, '--config', config, '--output-type', 'json', 'libs', 'apps', 'examples', 'bench'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' });
    if (stdout === '') throw new Error(`dependency-cruiser wrote no report. ${stderr}`);
    return JSON.parse(stdout) as CruiseReport;
  }
});

/** The part of dependency-cruiser's JSON that is read here. */
interface CruiseReport {
  readonly summary: {
    readonly violations: readonly { readonly rule: { readonly name: string }; readonly from: string }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

/** As types: what only the compiler sees binds two packages just as well. */
function importing(specifiers: readonly string[]): string {
  return specifiers.map((specifier, n) => `import type * as needed${String(n)} from '${specifier}';\n`).join('');
}
