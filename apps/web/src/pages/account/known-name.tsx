/** Tells a password manager whose password the form is about; nobody else sees it. */
export function KnownName({ email }: { readonly email: string }) {
  return <input type="email" name="username" autoComplete="username" defaultValue={email} readOnly hidden />;
}
