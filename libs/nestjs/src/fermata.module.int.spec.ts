import { SignalWorkflow, StartWorkflow } from '@fermata/engine';
import { defineWorkflow, type FermataError, type WorkflowContext } from '@fermata/kernel';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module, Optional, Scope, type DynamicModule, type Type } from '@nestjs/common';
import { CommandBus, CommandHandler, CqrsModule, type ICommandHandler } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { IsInt, IsString } from 'class-validator';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FermataModule, FermataNode, Query, Signal, Workflow } from './index.js';

class Basket {
  @IsString()
  owner!: string;
}

class Item {
  @IsInt()
  price!: number;
}

@Injectable()
class Prices {
  addTax(price: number): number {
    return price * 2;
  }
}

@Injectable({ scope: Scope.TRANSIENT })
class Labels {
  of(owner: string): string {
    return `basket of ${owner}`;
  }
}

abstract class Collecting {
  protected readonly prices: number[] = [];

  @Signal('add', { schema: Item })
  add({ price }: Item): void {
    this.prices.push(price);
  }
}

@Workflow('basket', { input: Basket })
class BasketWorkflow extends Collecting {
  @Inject(Labels) private readonly labels!: Labels;
  private owner = '';

  constructor(
    @Optional() @Inject('missing') private readonly missing: unknown,
    private readonly services: Prices,
  ) {
    super();
  }

  async run(ctx: WorkflowContext, basket: Basket): Promise<object> {
    this.owner = basket.owner;
    await ctx.signal('done');
    const total = await ctx.step('add tax', () => this.services.addTax(this.total()));
    const isInstance = basket instanceof Basket;
    return { label: this.labels.of(this.owner), total, isInstance, missing: this.missing ?? null };
  }

  @Query('total')
  total(): number {
    return this.prices.reduce((sum, price) => sum + price, 0);
  }
}

const greet = defineWorkflow('greet', async (ctx, name: unknown) => ctx.step('greet', () => `Hello ${String(name)}`));

let folder: string;
let app: TestingModule | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fermata-nestjs-'));
});

afterEach(async () => {
  await app?.close();
  app = undefined;
  await rm(folder, { recursive: true });
});

function storeIn(file: string): string {
  return `sqlite:${join(folder, file)}`;
}

async function start(providers: readonly Type[], module: DynamicModule = moduleOn('log.db')): Promise<FermataNode> {
  @Module({ imports: [CqrsModule, module], providers: [...providers] })
  class App {}
  app = await Test.createTestingModule({ imports: [App] }).compile();
  app.useLogger(false);
  await app.init();
  return app.get(FermataNode);
}

function moduleOn(file: string): DynamicModule {
  return FermataModule.forRoot({ store: storeIn(file), workflows: [greet] });
}

async function refusalOf(providers: readonly Type[]): Promise<FermataError> {
  try {
    await start(providers);
  } catch (error) {
    return error as FermataError;
  }
  throw new Error('The application started.');
}

const basketProviders = [BasketWorkflow, Prices, Labels];

describe('A workflow class', () => {
  it('gets its services injected, its signals, and answers queries', async () => {
    const { client } = await start(basketProviders);
    const run = await client.start('basket', { workflowId: 'b-1', input: { owner: 'Ada' } });
    await run.signal('add', { price: 3 });
    await run.signal('add', { price: 4 });
    expect(await run.query('total')).toBe(7);
    await run.signal('done');
    expect(await run.result()).toEqual({ label: 'basket of Ada', total: 14, isInstance: true, missing: null });
  });

  it('has an instance of its own for each run', async () => {
    const { client } = await start(basketProviders);
    const first = await client.start('basket', { workflowId: 'b-1', input: { owner: 'Ada' } });
    const second = await client.start('basket', { workflowId: 'b-2', input: { owner: 'Grace' } });
    await first.signal('add', { price: 1 });
    await second.signal('add', { price: 10 });
    expect([await first.query('total'), await second.query('total')]).toEqual([1, 10]);
  });

  it('refuses input and signals that its classes refuse', async () => {
    const { client } = await start(basketProviders);
    await expect(client.start('basket', { input: { owner: 7 } })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    const run = await client.start('basket', { input: { owner: 'Ada' } });
    await expect(run.signal('add', { price: 'much' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { problems: [{ path: 'price', message: 'price must be an integer number' }] },
    });
  });

  it('stands where it stood after the application was started again', async () => {
    const before = await start(basketProviders);
    const run = await before.client.start('basket', { workflowId: 'b-1', input: { owner: 'Ada' } });
    await run.signal('add', { price: 5 });
    await app?.close();
    const after = await start(basketProviders);
    const same = after.client.handle('b-1');
    expect(await same.query('total')).toBe(5);
    await same.signal('done');
    expect(await same.result()).toMatchObject({ total: 10 });
  });
});

describe('FermataModule', () => {
  it('runs functions beside classes, and takes its options from a factory', async () => {
    @Module({ providers: [{ provide: 'file', useValue: 'async.db' }], exports: ['file'] })
    class Settings {}
    const module = FermataModule.forRootAsync({
      imports: [Settings],
      inject: ['file'],
      useFactory: (file: string) => ({ store: storeIn(file), namespace: 'shop', workflows: [greet] }),
    });
    const node = await start([], module);
    const run = await node.client.start('greet', { workflowId: 'g-1', input: 'Ada' });
    expect(await run.result()).toBe('Hello Ada');
    expect(node.targetOf('g-1')).toEqual({ namespace: 'shop', workflowId: 'g-1' });
  });

  it('takes commands through the command bus, and sends its own through it', async () => {
    const node = await start(basketProviders);
    const bus = app?.get(CommandBus, { strict: false });
    const sent: string[] = [];
    bus?.subscribe((command) => sent.push(command.constructor.name));
    const target = node.targetOf('b-1');
    await bus?.execute(new StartWorkflow(target, 'basket', { owner: 'Ada' }));
    await bus?.execute(new SignalWorkflow(target, 'done', undefined));
    await node.client.handle('b-1').result();
    expect(sent).toEqual(['StartWorkflow', 'SignalWorkflow', 'RecordStepOutcome']);
  });

  it('refuses two workflows of one type, and names both', async () => {
    @Workflow('basket')
    class OtherBasket {
      async run(): Promise<void> {}
    }
    const { code, message } = await refusalOf([...basketProviders, OtherBasket]);
    expect(code).toBe('CONFIGURATION_INVALID');
    expect(message).toContain('BasketWorkflow in App, OtherBasket in App');
  });

  it('refuses a workflow that depends on a request', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class CurrentUser {}
    @Workflow('personal')
    class Personal {
      constructor(readonly user: CurrentUser) {}
      async run(): Promise<void> {}
    }
    expect(await refusalOf([CurrentUser, Personal])).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('Workflow Personal is request-scoped'),
    });
  });

  it('refuses a class without a method `run`', async () => {
    class NotYet {
      readonly ready = false;
    }
    // What plain JavaScript, or a cast, lets through.
    Workflow('not-yet')(NotYet as never);
    expect(await refusalOf([NotYet])).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('no method "run"'),
    });
  });

  it('refuses two methods for one signal', async () => {
    @Workflow('twice')
    class Twice {
      async run(): Promise<void> {}
      @Signal('go')
      first(): void {}
      @Signal('go')
      second(): void {}
    }
    expect(await refusalOf([Twice])).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('two methods for the signal "go"'),
    });
  });

  it('refuses a second handler of a command, which would silence the first', async () => {
    @CommandHandler(StartWorkflow)
    class Another implements ICommandHandler<StartWorkflow> {
      execute(): Promise<never> {
        return Promise.reject(new Error('never called'));
      }
    }
    expect(await refusalOf([Another])).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringMatching(/^StartWorkflow has more than one handler: .*Another/),
    });
  });

  it("doesn't start on a file that is no store, and says so", async () => {
    await writeFile(
      join(folder, 'notes.txt'),
      'This is a text, and long enough that nobody takes it for a database.'.repeat(20),
    );
    await expect(start([], moduleOn('notes.txt'))).rejects.toMatchObject({ code: 'STORE_NOT_RECOGNISED' });
  });
});
