const units: readonly (readonly [suffix: string, write: (name: string, value: number) => string])[] = [
  ['PerSecond', (name, value) => `${grouped(value)} ${name}/s`],
  ['Ms', (name, value) => `${name} ${grouped(value)} ms`],
  ['Us', (name, value) => `${name} ${grouped(value)} µs`],
  ['Bytes', (name, value) => `${name} ${bytes(value)}`],
  ['Share', (name, value) => `${grouped(value * 100)} % of ${name}`],
];

/** A figure as people read it: `{ workflowsPerSecond: 1234 }` is `1,234 workflows/s`. */
export function figureText(name: string, value: number): string {
  for (const [suffix, write] of units) {
    if (name.endsWith(suffix)) return write(words(name.slice(0, -suffix.length)), value);
  }
  return `${words(name)} ${grouped(value)}`;
}

/** Three digits that mean something, thousands apart. */
function grouped(value: number): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function bytes(value: number): string {
  return value < 10_000 ? `${grouped(value)} B` : `${grouped(value / 2 ** 20)} MiB`;
}

function words(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z](?=[a-z0-9])/g, (letter) => ` ${letter.toLowerCase()}`);
}
