import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BaselineError } from '../baseline-error.js';
import { type NamedTensor, readSafetensors, writeSafetensors } from '../weights/safetensors.js';
import { type Member, stateSchema, type TrainingState } from './training-state.js';

export interface Checkpoint {
  readonly state: TrainingState;
  /** Weights by their names, moments as `first/…` and `second/…`. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/**
 * A folder that a training keeps itself in: `checkpoint.safetensors` with everything that going on needs,
 * `member-EPOCH.safetensors` with the weights of each of the best, and `history.csv` to look at.
 */
export class TrainingFolder {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async create(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
  }

  /** @returns null where no training was begun here */
  async readCheckpoint(): Promise<Checkpoint | null> {
    const path = this.#path('checkpoint.safetensors');
    const file = await this.#read(path);
    if (file === null) return null;
    const state = stateSchema.safeParse(JSON.parse(file.metadata.state ?? 'null'));
    if (!state.success) throw damaged(path, 'it does not say where the training stands');
    return { state: state.data, tensors: byName(file.tensors) };
  }

  async writeCheckpoint(state: TrainingState, tensors: readonly NamedTensor[]): Promise<void> {
    const metadata = { format: 'holdout-training', state: JSON.stringify(state) };
    await writeSafetensors(this.#path('checkpoint.safetensors'), { tensors, metadata });
  }

  async writeMember(member: Member, weights: readonly NamedTensor[]): Promise<void> {
    const metadata = { format: 'holdout-member', ...mapValues(member) };
    await writeSafetensors(this.#path(nameMember(member)), { tensors: weights, metadata });
  }

  async readMember(member: Member): Promise<ReadonlyMap<string, NamedTensor>> {
    const path = this.#path(nameMember(member));
    const file = await this.#read(path);
    if (file === null) throw damaged(path, 'it is not there');
    return byName(file.tensors);
  }

  /** Removes the weights of those who are no longer among the best, and what a killed process left half written. */
  async removeOthers(members: readonly Member[]): Promise<void> {
    const kept = new Set(members.map(nameMember));
    for (const name of await readdir(this.#directory)) {
      if (/^member-\d+\.safetensors(\.partial)?$/.test(name) && !kept.has(name)) await rm(this.#path(name));
    }
  }

  async writeHistory({ history }: TrainingState): Promise<void> {
    const head = 'epoch,training loss,validation loss,kappa,learning rate,seconds';
    const lines = history.map(({ epoch, trainingLoss, validationLoss, kappa, learningRate, seconds }) =>
      [epoch, trainingLoss, validationLoss, kappa ?? '', learningRate, seconds.toFixed(1)].join(','),
    );
    await writeFile(this.#path('history.csv'), `${[head, ...lines].join('\n')}\n`);
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  async #read(path: string) {
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (bytes === null) return null;
    try {
      return readSafetensors(bytes);
    } catch (error) {
      throw damaged(path, error instanceof Error ? error.message : String(error));
    }
  }
}

function nameMember({ epoch }: Member): string {
  return `member-${String(epoch).padStart(4, '0')}.safetensors`;
}

function byName(tensors: readonly NamedTensor[]): Map<string, NamedTensor> {
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function mapValues(member: Member): Record<string, string> {
  return Object.fromEntries(Object.entries(member).map(([name, value]) => [name, String(value)]));
}

function damaged(path: string, words: string): BaselineError {
  return new BaselineError(`${path} can’t be used: ${words}.`, 'Train into another folder, or bring the file back.');
}
