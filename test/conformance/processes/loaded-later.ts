export function describeMode(value: number): string {
  return `loaded later: ${value}`;
}
