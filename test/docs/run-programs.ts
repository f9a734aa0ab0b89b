// Runs programs one after the other in one process, each in its own folder, and tells the parent what each printed.
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

export interface ProgramRun {
  readonly file: string;
  readonly output: string;
  /** What the program threw, if it did. */
  readonly error?: string;
}

for (const file of process.argv.slice(2)) process.send?.(await run(file));
process.disconnect();

async function run(file: string): Promise<ProgramRun> {
  const lines: string[] = [];
  console.log = (...values: readonly unknown[]) => void lines.push(`${format(...values)}\n`);
  process.chdir(dirname(file));
  try {
    // Readers run it with Node alone, which takes types away and does nothing else.
    stripTypeScriptTypes(readFileSync(file, 'utf8'));
    await import(pathToFileURL(file).href);
    return { file, output: lines.join('') };
  } catch (error) {
    return { file, output: lines.join(''), error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
