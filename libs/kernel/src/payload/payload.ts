/**
 * A recorded value: plain JSON, in which types that JSON lacks are tagged objects such as `{"$date": 0}`.
 * A payload is never changed once made; `decodePayload` gives a fresh value each time.
 */
export type Payload = null | boolean | number | string | readonly Payload[] | { readonly [key: string]: Payload };
