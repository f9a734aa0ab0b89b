// Writes docs/conformance.md from the tests of test/conformance and test/histories: which behaviours hold, and on which stores.
//   node scripts/conformance.mjs [--check] [--report <file>]
// With --check nothing is written, and a page that isn't what would be written is a failure. With --report the tests
// aren't run: the file is what Jest wrote with --json --outputFile.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/conformance.md');
const stores = ['in memory', 'SQLite', 'EventStoreDB'];
/** Where a test runs that isn't run on each store. */
const otherwise = 'not by store';

const { values: options } = parseArgs({ options: { check: { type: 'boolean' }, report: { type: 'string' } } });

/** The areas with their lines: number → what it says. */
const areas = JSON.parse(readFileSync(join(root, 'test/conformance/lines.json'), 'utf8'));

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'fermata-conformance-'));
  const file = join(folder, 'report.json');
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  try {
    spawnSync(
      process.execPath,
      [...flags, jest, 'test/conformance', 'test/histories', '--json', '--outputFile', file],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each test whose name, or that of a group round it, begins with lines' numbers: once for each of these. */
function testsOf(report) {
  return report.testResults
    .filter(({ name }) => /\/test\/(conformance|histories)\//.test(name))
    .flatMap(({ assertionResults }) => assertionResults)
    .flatMap(({ ancestorTitles, title, status }) => {
      const store = stores.find((name) => ancestorTitles.some((ancestor) => ancestor.endsWith(`, ${name}`)));
      return numbersIn([...ancestorTitles, title]).map((number) => ({
        number,
        store: store ?? otherwise,
        hasPassed: status === 'passed',
      }));
    });
}

function numbersIn(titles) {
  return [...new Set(titles.flatMap((title) => /^([A-Z]\d+(?:, [A-Z]\d+)*): /.exec(title)?.[1].split(', ') ?? []))];
}

/** The stores on which all of a line's tests pass, and how many tests there are. */
function rowOf(number, says, tests) {
  const own = tests.filter((test) => test.number === number);
  const passing = [...stores, otherwise].filter((store) => {
    const there = own.filter((test) => test.store === store);
    return there.length > 0 && there.every(({ hasPassed }) => hasPassed);
  });
  return `| ${number} | ${says} | ${passing.join(', ') || '**open**'} | ${own.length} |`;
}

function toMarkdown(tests) {
  const sections = areas.map(({ area, lines }) => {
    const rows = Object.entries(lines).map(([number, says]) => rowOf(number, says, tests));
    return `## ${area}\n\n| | what holds | stores | tests |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
  });
  return `# Conformance

Behaviours that people rely on, and the stores on which they are proven. Each line has tests through the public API in
\`test/conformance\` whose names begin with its number, and every history that these leave is replayed cold. A store is
named where all tests of the line pass on it; a line that passes nowhere, or has no test, is **open**. The same test on
two stores counts twice; what needs no store of its own is tested once.

Written by \`npm run conformance\`; don't edit it by hand.

${sections.join('\n\n')}
`;
}

const report = options.report === undefined ? runTests() : JSON.parse(readFileSync(options.report, 'utf8'));
const tests = testsOf(report);
const known = new Set(areas.flatMap(({ lines }) => Object.keys(lines)));
const unknown = [...new Set(tests.map(({ number }) => number))].filter((number) => !known.has(number));
const text = await format(toMarkdown(tests), { ...(await resolveConfig(page)), parser: 'markdown' });

if (unknown.length > 0) {
  console.error(`Tests name lines that test/conformance/lines.json doesn't have: ${unknown.join(', ')}.`);
  process.exitCode = 1;
} else if (!options.check) {
  writeFileSync(page, text);
  console.log('docs/conformance.md written');
} else if (readIfThere(page) === text) {
  console.log('docs/conformance.md agrees with the tests');
} else {
  console.error('docs/conformance.md is not what the tests say. Run `npm run conformance` and commit the page.');
  process.exitCode = 1;
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
