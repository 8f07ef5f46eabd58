import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describeTensor, encodeModel, encodeNode, field } from '../../doctor/encode-onnx.js';

/** Has ONNX Runtime make what it makes once in a process, by running the smallest model. */
export async function warmUpOnnx(): Promise<void> {
  const graph = Buffer.concat([
    field(1, encodeNode('Relu', ['x'], ['y'])),
    field(2, 'warm-up'),
    field(11, describeTensor('x', [1])),
    field(12, describeTensor('y', [1])),
  ]);
  const session = await InferenceSession.create(encodeModel(graph), {
    executionProviders: ['cpu'],
    logSeverityLevel: 3,
  });
  await session.run({ x: new Tensor('float32', Float32Array.of(1), [1]) });
  await session.release();
}
