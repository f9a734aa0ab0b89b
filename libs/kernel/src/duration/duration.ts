import { FermataError } from '../errors/fermata-error.js';

/** Milliseconds, whole. */
export type Millis = number;
/** Milliseconds since 1970-01-01T00:00:00Z, whole. */
export type EpochMs = number;

type Unit =
  | 'ms'
  | 's'
  | 'm'
  | 'h'
  | 'd'
  | 'millisecond'
  | 'milliseconds'
  | 'second'
  | 'seconds'
  | 'minute'
  | 'minutes'
  | 'hour'
  | 'hours'
  | 'day'
  | 'days'
  | 'week'
  | 'weeks'
  | 'year'
  | 'years';

/** A length of time: milliseconds as a number, or a number with a unit: `"200ms"`, `"5s"`, `"10 minutes"`, `"2 days"`. */
export type Duration = number | `${number}${Unit}` | `${number} ${Unit}`;

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** 365 days: a duration is a length, not a date. */
const yearMs = 365 * dayMs;

const unitMs: Readonly<Record<Unit, Millis>> = {
  ms: 1,
  millisecond: 1,
  milliseconds: 1,
  s: secondMs,
  second: secondMs,
  seconds: secondMs,
  m: minuteMs,
  minute: minuteMs,
  minutes: minuteMs,
  h: hourMs,
  hour: hourMs,
  hours: hourMs,
  d: dayMs,
  day: dayMs,
  days: dayMs,
  week: 7 * dayMs,
  weeks: 7 * dayMs,
  year: yearMs,
  years: yearMs,
};

/** The longest duration that is accepted: 1,000 years. Beyond it, dates stop being exact. */
export const durationMsMax: Millis = 1_000 * yearMs;

const pattern = /^(\d+(?:\.\d+)?) ?([a-z]+)$/;

/**
 * @param what how the caller names the value, for the error text
 * @throws FermataError `VALIDATION_FAILED`: no such unit, negative, not finite, or longer than 1,000 years
 */
export function toMillis(duration: Duration, what = 'duration'): Millis {
  const ms = typeof duration === 'number' ? duration : parse(duration);
  if (!Number.isFinite(ms) || ms < 0 || ms > durationMsMax) {
    throw new FermataError('VALIDATION_FAILED', {
      message: `The ${what} ${JSON.stringify(duration)} is not a duration.`,
      fix: 'Give milliseconds from 0 up, or a text such as "200ms", "5s", "10 minutes", "2 days" (at most 1,000 years).',
    });
  }
  return Math.ceil(ms);
}

function parse(text: string): Millis {
  const match = pattern.exec(text);
  if (!match) return NaN;
  const unit = match[2] ?? '';
  return Object.hasOwn(unitMs, unit) ? Number(match[1]) * unitMs[unit as Unit] : NaN;
}
