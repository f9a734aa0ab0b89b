import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** How many names are kept in memory; there are as many as workflow types, namespaces and builds together. */
const namesCachedMax = 10_000;

/** Numbers for texts that repeat in many rows. */
export class NameTable {
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, string>();
  readonly #selectId: StatementSync;
  readonly #selectName: StatementSync;
  readonly #insert: StatementSync;

  constructor(db: DatabaseSync) {
    this.#selectId = db.prepare('SELECT id FROM names WHERE name = ?');
    this.#selectName = db.prepare('SELECT name FROM names WHERE id = ?');
    this.#insert = db.prepare('INSERT INTO names (name) VALUES (?)');
  }

  /** Gives a new name its number. */
  assign(name: string): number {
    return this.find(name) ?? this.#remember(Number(this.#insert.run(name).lastInsertRowid), name);
  }

  /** Nothing for a name that no row has. */
  find(name: string): number | undefined {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const row = this.#selectId.get(name);
    return row && this.#remember(Number(row['id']), name);
  }

  nameOf(id: number): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = String(this.#selectName.get(id)?.['name']);
    this.#remember(id, name);
    return name;
  }

  /** For after a rollback, which may have taken back what was assigned. */
  forget(): void {
    this.#ids.clear();
    this.#names.clear();
  }

  #remember(id: number, name: string): number {
    if (this.#ids.size >= namesCachedMax) this.forget();
    this.#ids.set(name, id);
    this.#names.set(id, name);
    return id;
  }
}
