import { defaultSignal, defineUpdate, type FermataError } from '@fermata/kernel';
import { describe, expect, it } from '@jest/globals';
import { IsString } from 'class-validator';
import { Signal } from '../signals/signal.decorator.js';
import { registerClass, type WorkflowClassParts } from '../workflows/workflow-class.js';
import { Workflow, workflowMetadataOf } from '../workflows/workflow.decorator.js';
import { Update } from './update.decorator.js';

class Address {
  @IsString()
  street!: string;
}

const rename = defineUpdate<string, string>('rename');

@Workflow('order', { unfinishedHandlers: 'report' })
class OrderWorkflow {
  readonly #notes: string[] = [];

  async run(): Promise<void> {}

  @Update('move', { schema: Address, validate: 'isReachable' })
  move(address: Address): string {
    this.#notes.push(address.street);
    return `${String(address instanceof Address)}: ${this.#notes.join()}`;
  }

  @Update(rename)
  async rename(name: string): Promise<string> {
    return name.toUpperCase();
  }

  isReachable(address: Address): void {
    if (!(address instanceof Address) || address.street === 'nowhere') throw new RangeError('out of reach');
  }
}

function registered(workflowClass: WorkflowClassParts['workflowClass']): ReturnType<typeof registerClass> {
  const metadata = workflowMetadataOf(workflowClass) ?? { type: 'undecorated' };
  return registerClass({ workflowClass, metadata, dependencies: [], properties: {} });
}

function refusalOf(workflowClass: WorkflowClassParts['workflowClass']): Partial<FermataError> {
  try {
    registered(workflowClass);
  } catch (error) {
    return error as FermataError;
  }
  return {};
}

describe('@Update', () => {
  it('has the method carry out the update, with an instance where the schema is a class, and state of its own a run', () => {
    const workflow = registered(OrderWorkflow);
    expect(workflow.updates).toEqual(new Map([['move', Address]]));
    const [one, other] = [workflow.create(), workflow.create()];
    expect(one.updates?.get('move')?.handle({ street: 'Elm' })).toBe('true: Elm');
    expect(one.updates?.get('move')?.handle({ street: 'Oak' })).toBe('true: Elm,Oak');
    expect(other.updates?.get('move')?.handle({ street: 'Ash' })).toBe('true: Ash');
  });

  it('takes a definition, and needs no validator', async () => {
    const update = registered(OrderWorkflow).create().updates?.get('rename');
    expect(await update?.handle('ada')).toBe('ADA');
    expect(update?.validate).toBeUndefined();
  });

  it('asks the validating method first, with the same instance', () => {
    const update = registered(OrderWorkflow).create().updates?.get('move');
    expect(() => update?.validate?.({ street: 'Elm' })).not.toThrow();
    expect(() => update?.validate?.({ street: 'nowhere' })).toThrow('out of reach');
  });

  it('refuses a validator that is not there, and two methods for one update', () => {
    class Unchecked {
      async run(): Promise<void> {}
      @Update('move', { validate: 'isReachable' })
      move(): void {}
    }
    expect(refusalOf(Unchecked)).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('no method "isReachable"'),
    });
    class Twice {
      async run(): Promise<void> {}
      @Update('move')
      first(): void {}
      @Update('move')
      second(): void {}
    }
    expect(refusalOf(Twice)).toMatchObject({ message: expect.stringContaining('two methods for the update "move"') });
  });
});

describe('a workflow class', () => {
  it('says what becomes of unfinished handlers', () => {
    expect(registered(OrderWorkflow).unfinishedHandlers).toBe('report');
  });

  it('has one method at most for signals without a method of their own', () => {
    class CatchAll {
      readonly seen: string[] = [];
      async run(): Promise<void> {}
      @Signal(defaultSignal)
      other(name: string, payload: unknown): void {
        this.seen.push(`${name} ${String(payload)}`);
        if (this.seen.length === 2) throw new Error(this.seen.join());
      }
    }
    const { defaultSignal: handle } = registered(CatchAll).create();
    void handle?.('a', 1);
    expect(() => handle?.('b', 2)).toThrow('a 1,b 2');
    class Twice extends CatchAll {
      @Signal(defaultSignal)
      another(_name: string, _payload: unknown): void {}
    }
    expect(refusalOf(Twice)).toMatchObject({ message: expect.stringContaining('two methods for the signal') });
  });
});
