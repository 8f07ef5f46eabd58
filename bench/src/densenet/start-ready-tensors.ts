import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** onnxruntime-node alone, in a process that keeps its session between rounds. */
export interface ReadyTensors {
  /** Predicts so many images and resolves to the seconds that it took. */
  predict(images: number): Promise<number>;
  stop(): void;
}

export function startReadyTensors(modelPath: string, threads: number, batchSize: number): ReadyTensors {
  const program = fileURLToPath(new URL('./ready-tensors.js', import.meta.url));
  const child = fork(program, [modelPath, String(threads), String(batchSize)]);
  return {
    predict: (images) =>
      new Promise((resolve, reject) => {
        const onEnd = (code: number | null) => reject(new Error(`onnxruntime-node alone ended with ${code}.`));
        child.once('exit', onEnd);
        child.once('message', (seconds: number) => {
          child.off('exit', onEnd);
          resolve(seconds);
        });
        child.send(images);
      }),
    stop: () => child.disconnect(),
  };
}
