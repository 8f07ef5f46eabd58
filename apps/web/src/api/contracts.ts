import './without-eval.js';

export * from '@holdout/contracts';
