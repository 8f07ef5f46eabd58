import type { PersonalToken, TokenScope } from '@holdout/contracts';
import { queryOptions } from '@tanstack/react-query';
import { apiPath, bySchema, nothing, request } from '../../api/request.js';

/** With the token itself, which no other answer has. */
export type CreatedToken = PersonalToken & { readonly secret: string };

export interface TokenWish {
  readonly name: string;
  readonly scope: TokenScope;
  /** null: for all. */
  readonly competition: string | null;
  readonly expiresAt: string | null;
}

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => {
    const check = bySchema(({ personalTokenListSchema }) => personalTokenListSchema);
    return (await request(apiPath('me', 'tokens'), check, { signal })).tokens;
  },
});

export async function makeToken(wish: TokenWish): Promise<CreatedToken> {
  const check = bySchema(({ createdTokenSchema }) => createdTokenSchema);
  return await request(apiPath('me', 'tokens'), check, { method: 'POST', body: wish });
}

export async function revokeToken(id: string): Promise<void> {
  await request(apiPath('me', 'tokens', id), nothing, { method: 'DELETE' });
}
