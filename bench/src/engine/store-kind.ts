/** The stores that are measured. */
export type StoreKind = 'sqlite' | 'eventstoredb';
