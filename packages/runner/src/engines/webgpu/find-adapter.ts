/** What Dawn, the WebGPU of Chromium, finds of a GPU through its Vulkan driver. */
export interface Adapter {
  /** As its driver calls it. */
  readonly name: string;
  /** Whether the processor only plays a GPU, as SwiftShader and Mesa's llvmpipe do. It is slower than the processor by itself. */
  readonly isSoftware: boolean;
  readonly handle: GPUAdapter;
}

/** A message of the child has no room for more. */
const longestName = 200;

let found: Promise<Adapter | null> | null = null;
/** Dawn does not keep it alive for its adapters and devices: without it they end the process. */
let instance: GPU | null = null;

/** The best adapter that this process is shown, or null; it is looked for once. */
export function findAdapter(): Promise<Adapter | null> {
  found ??= lookForAdapter();
  return found;
}

async function lookForAdapter(): Promise<Adapter | null> {
  // The package has no library for some kinds of processor.
  const dawn = await import('webgpu').catch(() => null);
  if (!dawn) return null;
  Object.assign(globalThis, dawn.globals);
  instance = dawn.create([]);
  const handle = await instance.requestAdapter({ powerPreference: 'high-performance' });
  if (!handle) return null;
  const { vendor, device, description } = handle.info;
  const name = [device || vendor, description].filter(Boolean).join(', ').slice(0, longestName);
  return { name, isSoftware: handle.info.isFallbackAdapter, handle };
}
