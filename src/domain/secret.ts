/** A value that must not be seen: it prints and serialises as a mark; only `expose` gives it away. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it only where it leaves for the outside thing that needs it. */
  expose(): string {
    return this.#value;
  }

  toString(): string {
    return '[rahasia]';
  }

  toJSON(): string {
    return '[rahasia]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[rahasia]';
  }
}
