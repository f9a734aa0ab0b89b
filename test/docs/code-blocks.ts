import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** README and all of docs/, as paths from the repository's root. */
export const documents: readonly string[] = ['README.md', ...globSync('docs/**/*.md', { cwd: root }).sort()];

/** A block of TypeScript in a document. */
export interface CodeBlock {
  readonly document: string;
  /** The file that the reader makes of it; absent where the block doesn't say. */
  readonly file: string | undefined;
  readonly code: string;
  /** The document says that it can be run as it stands. */
  readonly isProgram: boolean;
  /** What the document shows as its output: the next `text` block before any other TypeScript. */
  readonly output: string | undefined;
}

const blocks =
  /^```(?:ts|typescript)(?: file=(?<file>\S+)(?<run> run)?|[^\n]*)\n(?<code>.*?)^```$(?<after>.*?)(?=^```t(?:s|ypescript)\b|(?![^]))/gms;

export function codeBlocksIn(document: string): readonly CodeBlock[] {
  const text = readFileSync(root + document, 'utf8');
  return Array.from(text.matchAll(blocks), ({ groups = {} }) => ({
    document,
    file: groups['file'],
    code: groups['code'] ?? '',
    isProgram: groups['run'] !== undefined,
    output: /^```text\n(.*?)^```$/ms.exec(groups['after'] ?? '')?.[1],
  }));
}
