/** How fast is learned now, and what decides when that becomes slower. */
export interface Pace {
  readonly learningRate: number;
  readonly lowestLoss: number | null;
  /** Epochs since the validation loss was lowest, or since the last change. */
  readonly epochsWithout: number;
}

/**
 * Divides the learning rate by 10 where the validation loss has reached a plateau.
 *
 * @param patience - how many epochs may pass without a lower loss
 */
export function adjustPace({ learningRate, lowestLoss, epochsWithout }: Pace, loss: number, patience: number): Pace {
  if (lowestLoss === null || loss < lowestLoss) return { learningRate, lowestLoss: loss, epochsWithout: 0 };
  if (epochsWithout + 1 < patience) return { learningRate, lowestLoss, epochsWithout: epochsWithout + 1 };
  return { learningRate: learningRate / 10, lowestLoss, epochsWithout: 0 };
}
