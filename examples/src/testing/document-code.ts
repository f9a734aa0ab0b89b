import { readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);

/** The files that a document tells its reader to make: its code blocks with a file name, by that name. */
export function filesIn(document: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL(document, root), 'utf8');
  const blocks = text.matchAll(/^```ts file=(\S+)\n(.*?)^```$/gms);
  return new Map(Array.from(blocks, ([, name = '', code = '']) => [name, code]));
}

/** The first output that a document shows after a text. */
export function outputAfter(document: string, text: string): string {
  const [, rest = ''] = readFileSync(new URL(document, root), 'utf8').split(text);
  return /^```text\n(.*?)^```$/ms.exec(rest)?.[1] ?? '';
}
