/**
 * One look at a time, and one more for all who ask meanwhile: each of them gets what was seen after it asked, however
 * many they are.
 */
export class SharedLook<T> {
  readonly #look: () => Promise<T>;
  #underWay: Promise<unknown> | undefined;
  #next: Promise<T> | undefined;

  constructor(look: () => Promise<T>) {
    this.#look = look;
  }

  ask(): Promise<T> {
    if (this.#underWay === undefined) return this.#begin();
    this.#next ??= this.#underWay.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#next;
  }

  #begin(): Promise<T> {
    this.#next = undefined;
    const look = this.#look().finally(() => {
      if (this.#underWay === look) this.#underWay = undefined;
    });
    this.#underWay = look;
    return look;
  }
}
