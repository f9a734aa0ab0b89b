import type { AlarmKind } from '@fermata/kernel';

/** Alarms as numbers, as wake-ups and the read model's waits have them. */
export const alarmIds: Readonly<Record<AlarmKind, number>> = { 'start-delay': 0, timeout: 1 };

export function alarmOf(id: number): AlarmKind {
  return id === alarmIds.timeout ? 'timeout' : 'start-delay';
}
