import { z } from 'zod';
import { fieldSentences } from './field-sentences.js';

/** Names in addresses: `mura`, `practice`. */
export const slugSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, fieldSentences.a_slug);
