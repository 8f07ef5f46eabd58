import { errors } from './errors.zh.js';
import { sentences } from './sentences.zh.js';

export const words = { errors, sentences };
