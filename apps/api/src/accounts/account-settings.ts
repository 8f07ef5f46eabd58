/** How people sign in to this installation, and how they are reached. */
export interface AccountSettings {
  /** The address that people open, without a slash at its end; links in mails begin with it. */
  readonly publicUrl: string;
  /** Whether pages may also be opened by another name of this machine; not where an operator named the address. */
  readonly otherNamesAllowed: boolean;
  /** Signs cookies and encrypts second factors; whoever has it can sign in as anyone. */
  readonly secret: string;
  /** null: mails go to the outbox. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  /** An institution to sign in by; null: there is none. */
  readonly institution: Institution | null;
  /** Who needs a second factor to act. */
  readonly twoFactorNeeded: 'nobody' | 'organisers';
}

/** An OpenID Connect provider. */
export interface Institution {
  /** Its issuer; `/.well-known/openid-configuration` below it says the rest. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What the button says. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** What its ID tokens say, as `amr` or `acr`, where it has asked for a second factor; empty: it is not believed to. */
  readonly secondFactorValues: readonly string[];
}

export const institutionProvider = 'institution';
export const minPasswordLength = 10;
