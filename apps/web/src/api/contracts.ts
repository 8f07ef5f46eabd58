import { z } from 'zod';

// zod compiles schemas by `new Function`, which the content security policy forbids; without this it would try first.
z.config({ jitless: true });

export * from '@holdout/contracts';
