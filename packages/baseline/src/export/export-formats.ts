export const exportFormats = ['tfjs', 'onnx'] as const;
export type ExportFormat = (typeof exportFormats)[number];
