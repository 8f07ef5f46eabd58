-- Whether a second factor was given in a session: a code, or what an institution said that it had asked for. better-auth
-- writes it when a session begins; a code that is right in it sets it.
ALTER TABLE sessions ADD COLUMN second_factor_given boolean NOT NULL DEFAULT false;
-- Of the sessions that are there, those of people who have one and came by a password only were asked for it.
UPDATE sessions SET second_factor_given = true FROM users
WHERE users.id = sessions.user_id AND users.two_factor_enabled AND NOT EXISTS (
  SELECT FROM accounts WHERE accounts.user_id = users.id AND accounts.provider_id <> 'credential'
);
