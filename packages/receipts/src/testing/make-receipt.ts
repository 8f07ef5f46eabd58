import type { Receipt } from '@holdout/contracts';

/** A receipt with every field, the awkward ones too. */
export function makeReceipt(): Receipt {
  const half = { value: 0.5 };
  const table = {
    studies: 3,
    counts: null,
    kappa: { value: 0.123 },
    accuracy: half,
    balancedAccuracy: half,
    sensitivity: { value: 1e-7 },
    specificity: half,
    f1: half,
    auroc: { value: null, reason: 'one class' },
  };
  return {
    format: 'holdout-receipt-1',
    submissionId: '7c1fd1c6-5b0b-4f0e-8f6e-5b1b0f6f1f11',
    competition: 'mura',
    phase: 'test',
    team: 'Ünïcode “team” 🦴',
    name: 'a\nmodel',
    submittedAt: '2026-01-01T00:00:00.000Z',
    scoredAt: '2026-01-01T00:01:00.000Z',
    provenance: {
      bundleDigest: 'a'.repeat(64),
      testSetVersion: 'b'.repeat(64),
      predictionsDigest: 'c'.repeat(64),
      run: { engine: 'onnx', engineVersion: 'e 1', engineDigest: 'd'.repeat(64), device: 'cpu', threads: 2 },
      scorerVersion: 'scorer-1',
    },
    score: { studies: 3, overall: table, byStudyType: { wrist: table } },
  };
}
