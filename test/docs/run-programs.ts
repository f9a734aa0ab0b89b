// Runs programs one after the other in one process, each in its own folder, and tells the parent what each printed.
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

export interface ProgramRun {
  readonly file: string;
  readonly output: string;
  /** What the program threw, if it did. */
  readonly error?: string;
}

const programMsMax = 10_000;

for (const file of process.argv.slice(2)) {
  const run = await runProgram(file);
  await new Promise((resolve) => process.send?.(run, resolve));
  // What hangs may disturb those after it.
  if (run.error !== undefined) break;
}
process.exit();

async function runProgram(file: string): Promise<ProgramRun> {
  const lines: string[] = [];
  console.log = (...values: readonly unknown[]) => void lines.push(`${format(...values)}\n`);
  process.chdir(dirname(file));
  try {
    // Readers run it with Node alone, which takes types away and does nothing else.
    stripTypeScriptTypes(readFileSync(file, 'utf8'));
    await Promise.race([import(pathToFileURL(file).href), hasHung()]);
    return { file, output: lines.join('') };
  } catch (error) {
    return {
      file,
      output: lines.join(''),
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

async function hasHung(): Promise<never> {
  await pause(programMsMax, undefined, { ref: false });
  throw new Error(`It hasn't ended in ${programMsMax} ms.`);
}
