import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsInt,
  IsISO4217CurrencyCode,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

export class OrderLine {
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  readonly sku!: string;

  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly quantity!: number;

  @IsInt()
  @Min(0)
  readonly unitPriceCents!: number;
}

/** What a customer wants to buy; the input of the checkout. */
export class Order {
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  readonly orderId!: string;

  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  readonly customer!: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => OrderLine)
  readonly lines!: readonly OrderLine[];

  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  readonly paymentToken!: string;

  /** ISO 4217. Default: EUR. */
  @IsOptional()
  @IsISO4217CurrencyCode()
  readonly currency?: string;
}

export function totalCents(order: Order): number {
  return order.lines.reduce((sum, { quantity, unitPriceCents }) => sum + quantity * unitPriceCents, 0);
}
