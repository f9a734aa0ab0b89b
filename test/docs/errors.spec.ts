import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { errorCodes, FermataError } from '@fermata/kernel';
import { statuses } from '../../apps/server/src/problems/problem.js';

const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
const rows = page.split('\n').flatMap((line) => {
  const match = /^\| `([A-Z_]+)` +\| (.+) \|$/.exec(line);
  return match?.[1] && match[2] ? [{ code: match[1], cells: match[2].split(/ +\| /) }] : [];
});

describe('docs/reference/errors.md', () => {
  it('explains every code once, and no other', () => {
    const explained = rows.map(({ code }) => code).sort();
    const known = [...new Set([...errorCodes, ...Object.keys(statuses)])].sort();
    expect(explained).toEqual(known);
  });

  it('gives each code the HTTP status that the server answers with', () => {
    const wrong = rows.flatMap(({ code, cells }) => {
      const status = /^\d{3}$/.test(cells[0] ?? '') ? Number(cells[0]) : undefined;
      return status !== undefined && status !== statuses[code as keyof typeof statuses] ? [`${code}: ${status}`] : [];
    });
    expect(wrong).toEqual([]);
  });
});

describe('docs/errors', () => {
  it('has the pages that errors point to, and no others', () => {
    const named = errorCodes.flatMap((code) => {
      const { details } = new FermataError(code, { message: '', fix: '' });
      return details?.['docs'] ?? [];
    });
    const files = readdirSync(new URL('../../docs/errors', import.meta.url)).map((file) => `docs/errors/${file}`);
    expect([...named].sort()).toEqual(files.sort());
    expect(named).toContain('docs/errors/NONDETERMINISM.md');
  });
});
