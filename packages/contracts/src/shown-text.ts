import { z } from 'zod';
import { fieldSentences as rules } from './field-sentences.js';

/** One line that is shown on terminals and pages: nothing that moves a cursor or turns the direction of text. */
export const shownTextSchema = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Bidi_Control}]*$/u, rules.text_shown);

/** The same of several lines. */
export const shownLinesSchema = z
  .string()
  .trim()
  .regex(/^(?:[\t\n\r]|[^\p{Cc}\p{Bidi_Control}])*$/u, rules.text_shown);
