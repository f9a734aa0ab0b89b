/** Somebody's words, to be followed by a full stop of our own. */
export function withoutFullStop(message: string): string {
  return message.replace(/\.+$/, '');
}
