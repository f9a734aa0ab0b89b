import { describe, expect, it } from '@jest/globals';
import { defineQuery, defineSignal } from './message-definitions.js';
import { registerDefinition } from './registered-workflow.js';
import type { StandardSchema } from './schema.js';
import { defineWorkflow, type WorkflowFunction } from './workflow-definition.js';

const run = (): Promise<void> => Promise.resolve();
const schema: StandardSchema = { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) } };

describe('definitions', () => {
  it('name a function, with options or without', () => {
    expect(defineWorkflow('checkout', run)).toEqual({ kind: 'workflow', type: 'checkout', run });
    expect(defineWorkflow('checkout', { input: schema }, run)).toEqual({
      kind: 'workflow',
      type: 'checkout',
      input: schema,
      run,
    });
    expect(defineSignal('approval')).toEqual({ kind: 'signal', name: 'approval' });
    expect(defineSignal('approval', { schema })).toEqual({ kind: 'signal', name: 'approval', schema });
    expect(defineQuery('progress')).toEqual({ kind: 'query', name: 'progress' });
  });

  it.each([
    ['workflow type', (name: string) => defineWorkflow(name, run)],
    ['signal name', (name: string) => defineSignal(name)],
    ['query name', (name: string) => defineQuery(name)],
  ])('refuse a %s that can not be recorded', (what, define) => {
    for (const name of ['', 'a\nb', 'x'.repeat(201)]) {
      expect(() => define(name)).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining(what) }),
      );
    }
  });

  it('refuse a workflow without function', () => {
    const missing = undefined as unknown as WorkflowFunction<void, void>;
    expect(() => defineWorkflow('checkout', {}, missing)).toThrow('Workflow checkout has no function.');
  });
});

describe('registerDefinition', () => {
  it('makes code that runs the function, and knows the schemas', async () => {
    const signals = [defineSignal('approval', { schema }), defineSignal('stop')];
    const registered = registerDefinition(
      defineWorkflow('checkout', { input: schema, output: schema, signals }, (_ctx, input: unknown) =>
        Promise.resolve({ got: input }),
      ),
    );
    expect(registered).toMatchObject({ type: 'checkout', input: schema, output: schema });
    expect([...(registered.signals ?? [])]).toEqual([['approval', schema]]);
    expect(registered.create()).not.toBe(registered.create());
    expect(await registered.create().run(undefined as never, 5)).toEqual({ got: 5 });
  });

  it('leaves out what was not declared', () => {
    expect(Object.keys(registerDefinition(defineWorkflow('checkout', run)))).toEqual(['type', 'create']);
  });
});
