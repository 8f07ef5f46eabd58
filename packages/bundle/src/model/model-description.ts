/** An input or output as the model file tells it. */
export interface ModelTensor {
  readonly name: string;
  readonly elementType: string;
  /** null where a side is free; the whole is null where nothing is said. */
  readonly shape: readonly (number | null)[] | null;
}

/** What a model file tells of itself. */
export interface ModelDescription {
  readonly inputs: readonly ModelTensor[];
  readonly outputs: readonly ModelTensor[];
  readonly inner: InnerTensors;
}

export type TensorShape = ModelTensor['shape'];
type InnerKind = 'features' | 'weights';

/**
 * Tensors inside a model: what its nodes or layers make of an image, and its weights. Of a model that has many only those
 * are kept that are asked for, and the last ones as examples.
 */
export class InnerTensors {
  readonly #kept: Record<InnerKind, Map<string, TensorShape>> = { features: new Map(), weights: new Map() };
  readonly #latest: Record<InnerKind, string[]> = { features: [], weights: [] };
  readonly #wanted: ReadonlySet<string>;

  constructor(wanted: Iterable<string>) {
    this.#wanted = new Set(wanted);
  }

  add(kind: InnerKind, name: string, shape: TensorShape): void {
    if (this.#wanted.has(name)) this.#kept[kind].set(name, shape);
    const latest = this.#latest[kind];
    latest.push(name);
    if (latest.length > mostExamples) latest.shift();
  }

  /** The shape, which may be told nowhere (null); undefined where there is no such tensor. */
  find(kind: InnerKind, name: string): TensorShape | undefined {
    return this.#kept[kind].get(name);
  }

  /** Learns the shape of one that was added. */
  shape(kind: InnerKind, name: string, shape: TensorShape): void {
    if (shape !== null && this.#kept[kind].has(name)) this.#kept[kind].set(name, shape);
  }

  /** Names of some, the last first. */
  examples(kind: InnerKind): string[] {
    return [...this.#latest[kind]].reverse();
  }
}

const mostExamples = 5;
