import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const fromSource = ['--conditions=@fermata/source', '--import', '@swc-node/register/esm-register'];

async function runDemo(...args: readonly string[]) {
  const demo = spawn(process.execPath, [...fromSource, 'examples/src/checkout/demo/demo.ts', ...args], { cwd: root });
  const [output, errors, [exitCode]] = await Promise.all([text(demo.stdout), text(demo.stderr), once(demo, 'exit')]);
  return { output, errors, exitCode: exitCode as unknown };
}

describe('the demo', () => {
  it('kills the engine with runs half-way, and every order still ends as its data calls for', async () => {
    const { output, errors, exitCode } = await runDemo('--orders', '40', '--half-way', '10');
    expect({ errors, exitCode }).toEqual({ errors: '', exitCode: 0 });
    expect(output).toMatch(/Killed it \(SIGKILL\) with \d+ runs half-way/);
    expect(output).toMatch(/SIGKILL ─+\n.*a new engine process opens the log/);
    expect(output).toMatch(/✓ 40 orders ended as their data calls for/);
  }, 60_000);

  it('says what is wrong with an option', async () => {
    const { errors, exitCode } = await runDemo('--orders', '1000');
    expect(exitCode).toBe(1);
    expect(errors).toContain('--orders is 1000: give a whole number from 1 to 200.');
  }, 30_000);
});
