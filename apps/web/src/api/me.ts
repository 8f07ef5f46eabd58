import { queryOptions } from '@tanstack/react-query';
import { byShape } from './check-shape.js';
import { ProblemError } from './problem-error.js';
import { apiPath, request } from './request.js';

/** Who the server takes the reader for. */
export interface Me {
  readonly user: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly emailVerified: boolean;
    readonly siteAdmin: boolean;
    readonly twoFactorEnabled: boolean;
    readonly secondFactorDue: boolean;
  } | null;
  readonly teams: readonly { readonly id: string; readonly name: string; readonly role: 'owner' | 'member' }[];
  readonly competitions: readonly {
    readonly competition: string;
    readonly team: { readonly id: string; readonly name: string };
    readonly rulesVersion: number;
  }[];
  /** The slugs of the competitions that the reader organises. */
  readonly organises: readonly string[];
}

const nobody: Me = { user: null, teams: [], competitions: [], organises: [] };
const check = byShape<Me>('account', { user: 'nullable', teams: 'array', competitions: 'array', organises: 'array' });

/** A server without accounts knows nobody. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }): Promise<Me> => {
    try {
      return await request(apiPath('me'), check, { signal });
    } catch (error) {
      if (error instanceof ProblemError && (error.status === 404 || error.status === 401)) return nobody;
      throw error;
    }
  },
});
