import { FermataError, type StandardSchema } from '@fermata/kernel';
import { describe, expect, it } from '@jest/globals';
import { Transform, Type } from 'class-transformer';
import {
  IsInt,
  IsString,
  MinLength,
  Validate,
  ValidateNested,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import 'reflect-metadata';
import { asInstance } from './as-instance.js';
import { classSchema } from './class-schema.js';

class Line {
  @IsString()
  @MinLength(3)
  sku!: string;

  @IsInt()
  quantity!: number;
}

class Order {
  @IsString()
  orderId!: string;

  @ValidateNested({ each: true })
  @Type(() => Line)
  lines!: Line[];

  total(): number {
    return this.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  }
}

@ValidatorConstraint({ async: true })
class IsInStock implements ValidatorConstraintInterface {
  validate(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

class StockedLine {
  @Validate(IsInStock)
  sku!: string;
}

class Undecorated {
  sku!: string;
}

const valid = { orderId: 'o-1', lines: [{ sku: 'tea', quantity: 2 }] };

function check(schema: StandardSchema, value: unknown) {
  const result = schema['~standard'].validate(value);
  if (result instanceof Promise) throw new Error('validated asynchronously');
  return result;
}

describe('A class as a schema', () => {
  it('gives instances of the class and of those nested in it', () => {
    const result = check(classSchema(Order), valid);
    expect(result).toEqual({ value: expect.any(Order) });
    expect(result).toMatchObject({ value: { lines: [expect.any(Line)] } });
  });

  it('lists every problem with its path', () => {
    expect(check(classSchema(Order), { orderId: 1, lines: [{ sku: 'x', quantity: 1.5 }] })).toEqual({
      issues: expect.arrayContaining([
        { path: ['orderId'], message: 'orderId must be a string' },
        { path: ['lines', '0', 'sku'], message: 'sku must be longer than or equal to 3 characters' },
        { path: ['lines', '0', 'quantity'], message: 'quantity must be an integer number' },
      ]),
    });
  });

  it.each([undefined, null, 'text', 7, [valid]])('refuses %j, which is no object', (value) => {
    expect(check(classSchema(Order), value)).toEqual({ issues: [{ message: 'must be an object' }] });
  });

  it('refuses, removes or keeps properties that it has no decorator for, as it is told', () => {
    const extended = { ...valid, coupon: 'FREE' };
    expect(check(classSchema(Order), extended)).toEqual({
      issues: [{ path: ['coupon'], message: 'property coupon should not exist' }],
    });
    expect(check(classSchema(Order, { unknownProperties: 'remove' }), extended)).toEqual({
      value: expect.not.objectContaining({ coupon: 'FREE' }),
    });
    expect(check(classSchema(Order, { unknownProperties: 'keep' }), extended)).toEqual({
      value: expect.objectContaining({ coupon: 'FREE' }),
    });
  });

  it('is refused without decorators, since it would let everything pass', () => {
    expect(() => classSchema(Undecorated)).toThrow(FermataError);
    expect(() => classSchema(Undecorated)).toThrow('has no validation decorators');
  });

  it('is refused with an asynchronous decorator, which would be skipped', () => {
    expect(() => classSchema(StockedLine)).toThrow('validates asynchronously');
  });

  it('gives recorded values their prototypes again, and transforms nothing twice', () => {
    class Doubled {
      @IsInt()
      @Transform(({ value }) => Number(value) * 2)
      count!: number;
    }
    const checked = check(classSchema(Doubled), { count: 2 });
    expect(checked).toEqual({ value: { count: 4 } });
    expect(asInstance(Doubled, { count: 4 })).toEqual({ count: 4 });
    const order = asInstance(Order, valid);
    expect(order).toBeInstanceOf(Order);
    expect(order).toMatchObject({ lines: [expect.any(Line)] });
    expect((order as Order).total()).toBe(2);
  });
});
