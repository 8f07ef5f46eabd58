import { type Sentence, writeSentence } from '@holdout/contracts';

/** Why bytes are no model: what was found in place of one. */
export class ModelFault extends Error {
  override readonly name = 'ModelFault';
  readonly found: Sentence;

  constructor(found: Sentence) {
    super(writeSentence(found));
    this.found = found;
  }
}
