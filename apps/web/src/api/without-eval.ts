import { z } from 'zod';

// zod compiles schemas by `new Function`, which the content security policy forbids. A schema decides that when it is
// made, so this has to be imported before any.
z.config({ jitless: true });
