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
}
