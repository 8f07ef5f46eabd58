import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Machine {
  /** How many of NVIDIA's GPUs it has. */
  readonly nvidia?: number;
  /** How many of others that have a render node. */
  readonly others?: number;
}

/** Lays out the files by which a machine shows its GPUs; none of them is a device. Returns the folder. */
export function makeMachine(root: string, { nvidia = 0, others = 0 }: Machine): string {
  mkdirSync(join(root, 'dev'), { recursive: true });
  const write = (path: string, text = '') => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  if (nvidia > 0) for (const name of ['nvidiactl', 'nvidia-uvm', 'nvidia-modeset']) write(`dev/${name}`);
  for (let place = 0; place < nvidia + others; place += 1) {
    const isNvidia = place < nvidia;
    const address = `0000:0${place + 1}:00.0`;
    const device = `sys/devices/pci0000:00/${address}`;
    for (const name of [`card${place}`, `renderD${128 + place}`]) {
      write(`dev/dri/${name}`);
      mkdirSync(join(root, device, 'drm', name), { recursive: true });
      mkdirSync(join(root, 'sys/class/drm'), { recursive: true });
      symlinkSync(`../../${device.slice('sys/'.length)}/drm/${name}`, join(root, 'sys/class/drm', name));
      symlinkSync('../..', join(root, device, 'drm', name, 'device'));
    }
    if (!isNvidia) continue;
    write(`dev/nvidia${place}`);
    const uuid = `GPU-00000000-0000-0000-0000-00000000000${place}`;
    write(
      `proc/driver/nvidia/gpus/${address}/information`,
      `Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 37\nGPU UUID: \t ${uuid}\nDevice Minor: \t ${place}\n`,
    );
  }
  return root;
}
