import { type Child, startChild } from './start-child.js';
import { type ModelOptions, type RunningModel, startModel } from './start-model.js';

/** Starts models without a wait for their process. */
export interface ModelStarter {
  /** As `startModel`. */
  start(options: ModelOptions): RunningModel;
  /** Ends the process that waits; models that run are closed by whoever started them. */
  close(): Promise<void>;
}

/**
 * Keeps one process started ahead, with what it needs already loaded. It knows nothing until it is given a bundle,
 * serves that one and ends; the next is started when that has ended, so that it takes nothing from a running model.
 */
export function keepProcessReady(): ModelStarter {
  let waiting: Waiting | null = null;
  let closed = false;

  const prepare = () => {
    if (!closed) waiting ??= startWaiting();
  };
  const take = (): Child => {
    const taken = waiting;
    waiting = null;
    return taken && !taken.hasEnded ? taken.child : startChild();
  };
  prepare();
  return {
    start(options) {
      const model = startModel(options, take());
      return {
        run: model.run,
        async close() {
          await model.close();
          prepare();
        },
      };
    },
    async close() {
      closed = true;
      waiting?.child.kill();
      await waiting?.child.ended;
    },
  };
}

interface Waiting {
  readonly child: Child;
  /** Something may end it while it waits, such as a machine without memory. */
  hasEnded: boolean;
}

function startWaiting(): Waiting {
  const waiting = { child: startChild(), hasEnded: false };
  const noteEnd = () => {
    waiting.hasEnded = true;
  };
  waiting.child.ended.then(noteEnd, noteEnd);
  return waiting;
}
