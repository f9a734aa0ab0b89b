import { TemporaryEngine } from '../testing/temporary-engine.js';
import { decide, expense, expenseState } from './expense.js';

const dayMs = 24 * 3_600_000;
const input = { amountCents: 12_500, employee: 'Ada' };

describe('expense', () => {
  it.each([true, false])('ends with what a person decides: approve %s', async (approve) => {
    await using engine = await TemporaryEngine.open(expense);
    const run = await engine.client.start(expense, { input });
    expect(await run.query(expenseState)).toEqual({ status: 'waiting', ...input });
    expect(await run.update(decide, { approve, by: 'Grace' })).toEqual({ approved: approve });
    expect(await run.result()).toEqual({ approved: approve, by: 'Grace', escalated: false });
    expect(await run.query(expenseState)).toMatchObject({ status: approve ? 'approved' : 'rejected', by: 'Grace' });
  });

  it('escalates when nobody decides in time, and goes on waiting', async () => {
    await using engine = await TemporaryEngine.open(expense);
    const asked = await engine.client.start(expense, { input });
    const { workflowId } = asked;
    while ((await asked.describe()).waits[0]?.kind !== 'condition') await new Promise(setImmediate);
    engine.clock.moveOn(2 * dayMs - 60_000);
    await engine.restart();
    const run = engine.client.handle(expense, workflowId);
    expect(await run.query(expenseState)).toMatchObject({ status: 'waiting' });
    engine.clock.moveOn(60_000);
    while ((await run.query(expenseState)).status !== 'escalated') await new Promise(setImmediate);
    engine.clock.moveOn(100 * dayMs);
    await run.update(decide, { approve: true, by: 'Grace' });
    expect(await run.result()).toEqual({ approved: true, by: 'Grace', escalated: true });
    const steps = (await engine.historyOf(run)).filter(({ type }) => type === 'StepScheduled');
    expect(steps).toMatchObject([{ data: { name: 'ask approver' } }, { data: { name: 'ask head of department' } }]);
  });

  it('escalates after the time that it is given', async () => {
    await using engine = await TemporaryEngine.open(expense);
    const run = await engine.client.start(expense, { input: { ...input, escalateAfter: 1 } });
    while ((await run.query(expenseState)).status !== 'escalated') await new Promise(setImmediate);
    await run.terminate();
  });

  it('rejects a decision of the employee, one that is none, and a second one', async () => {
    await using engine = await TemporaryEngine.open(expense);
    const run = await engine.client.start(expense, { input });
    await expect(run.update(decide, { approve: true, by: 'Ada' })).rejects.toMatchObject({ code: 'UPDATE_REJECTED' });
    await expect(run.update('decide', { approve: 'yes' })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect(await run.query(expenseState)).toMatchObject({ status: 'waiting' });
    const [first, second] = await Promise.allSettled([
      run.update(decide, { approve: false, by: 'Grace' }),
      run.update(decide, { approve: true, by: 'Edsger' }),
    ]);
    expect(first).toMatchObject({ status: 'fulfilled', value: { approved: false } });
    expect(second).toMatchObject({ status: 'rejected' });
    expect(await run.result()).toEqual({ approved: false, by: 'Grace', escalated: false });
  });

  it('refuses a time that is none', async () => {
    await using engine = await TemporaryEngine.open(expense);
    const start = engine.client.start('expense', { input: { ...input, escalateAfter: 'soon' } });
    await expect(start).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
