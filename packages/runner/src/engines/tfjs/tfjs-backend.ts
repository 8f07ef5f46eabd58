import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as core from '@tensorflow/tfjs-core';
import { loadLayersModel, model } from '@tensorflow/tfjs-layers';
import type { Device } from '../engine.js';

/** What is used of TF.js. A package with a backend of its own brings all of it, and its tensors are no other's. */
export type Tfjs = Pick<typeof core, 'io' | 'setBackend' | 'tensor' | 'tidy'> & {
  readonly loadGraphModel: typeof loadGraphModel;
  readonly loadLayersModel: typeof loadLayersModel;
  readonly model: typeof model;
};

export const ownTfjs: Tfjs = { ...core, loadGraphModel, loadLayersModel, model };

/** A started backend: what operations are carried out by. */
export interface TfjsBackend {
  readonly tfjs: Tfjs;
  /** As TF.js calls it. */
  readonly name: string;
  readonly device: Device;
  readonly engineVersion: string;
  readonly threads: number;
}
