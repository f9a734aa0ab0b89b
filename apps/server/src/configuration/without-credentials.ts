/** An address as it may be printed: user and password stay out of terminals and logs. */
export function withoutCredentials(address: string): string {
  return address.replace(/^([a-z+]+:\/\/)[^/?#]*@/i, '$1');
}
