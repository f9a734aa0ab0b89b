import { styleText } from 'node:util';

export type Tone = 'plain' | 'bold' | 'dim' | 'good' | 'bad' | 'notice';

const styles = { bold: 'bold', dim: 'dim', good: 'green', bad: 'red', notice: 'yellow' } as const;

/** Colours text where it goes to a terminal that wants colours, and leaves it as it is elsewhere. */
export function paint(tone: Tone, text: string): string {
  return tone === 'plain' ? text : styleText(styles[tone], text, { stream: process.stdout });
}
