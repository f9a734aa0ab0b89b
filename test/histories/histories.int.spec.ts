import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@fermata/engine';
import { exampleWorkflows } from '@fermata/examples';
import { classSchema } from '@fermata/nestjs';
import { replayHistory } from '@fermata/testing';
import { features } from './every-feature.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const versions = readdirSync(folder).filter((name) => name.startsWith('v'));
const workflows = [...exampleWorkflows(), ...Object.values(features)];

function read(version: string, file: string): readonly StoredEvent[] {
  return JSON.parse(readFileSync(join(folder, version, file), 'utf8')) as readonly StoredEvent[];
}

describe.each(versions)('histories that %s wrote', (version) => {
  const files = readdirSync(join(folder, version));

  it.each(files)('V6: %s replays under this version', async (file) => {
    const history = read(version, file);
    const workflow = workflows.find(({ type }) => type === history[0]?.data['workflowType']);
    if (!workflow) throw new Error(`no workflow of type ${String(history[0]?.data['workflowType'])}`);
    expect(await replayHistory(workflow, history, { schemaOf: classSchema })).toEqual({ ok: true, leftover: [] });
  });

  it('V6: together they hold what a run can come to', () => {
    const types = new Set(files.flatMap((file) => read(version, file).map(({ type }) => type)));
    expect(types.size).toBeGreaterThanOrEqual(30);
  });
});
