import { z } from 'zod';
import { type Sentence, sentenceSchema, writeSentence } from './sentences.js';

/** Who has to act on an error: the caller, the bundle's team, or the people who run the server. */
export type Fault = 'caller' | 'team' | 'server';

interface CatalogueEntry {
  /** HTTP status when this error is the answer to a request. */
  readonly status: number;
  readonly fault: Fault;
  /** What happened, in one sentence, for a person. */
  readonly title: string;
  /** What that person can do next. */
  readonly next: string;
}

/**
 * Every error that leaves the server, by its code. Codes are stable: clients may compare them.
 * A specific message (`detail`) may be added where the error is raised; title and next step stand here.
 */
export const errorCatalogue = {
  // Requests
  request_invalid: entry(
    400,
    'caller',
    'The request is not valid.',
    'Correct the fields that are named and send it again.',
  ),
  token_missing: entry(
    401,
    'caller',
    'This needs a token, or a sign-in.',
    'Send the header `Authorization: Bearer TOKEN`; `holdout login` gets you one. In a browser: sign in.',
  ),
  token_unknown: entry(
    401,
    'caller',
    'This token is not known here.',
    'Check that the token is complete, belongs to this server, and is neither expired nor revoked.',
  ),
  not_allowed: entry(
    403,
    'caller',
    'You may not do that.',
    'Use an account, or a token, of the team that owns it or of an organiser; `holdout whoami` says which you have.',
  ),
  origin_refused: entry(
    403,
    'caller',
    'This did not come from a page of this server.',
    'Open the page on this server and try again there. A program sends a token in place of a cookie.',
  ),
  two_factor_needed: entry(
    403,
    'caller',
    'Here organisers need a second factor.',
    'Set it up on the page of your account, or give the code there where it is set up; then try again.',
  ),
  credentials_wrong: entry(
    401,
    'caller',
    'The address or the password is wrong.',
    'Correct it; or choose another password, on the page `/forgot-password` of this server.',
  ),
  email_unproven: entry(
    403,
    'caller',
    'The address of this account is not proven yet.',
    'Open the link in the mail that was sent to it; each sign-in sends another one.',
  ),
  password_refused: entry(
    400,
    'caller',
    'The password is too short, or too long.',
    'Choose another one: GET /api/sign-in tells how long it has to be; it may have 200 characters.',
  ),
  second_factor_wrong: entry(
    401,
    'caller',
    'The code is wrong, or over.',
    'Type the one that your authenticator shows now, by a clock that is right; a backup code works once.',
  ),
  tries_spent: entry(
    429,
    'caller',
    'There were too many wrong codes.',
    'Wait a quarter of an hour, and begin with the password again.',
  ),
  sign_in_over: entry(403, 'caller', 'This sign-in is too long ago for that.', 'Sign in again, and do it then.'),
  link_over: entry(
    400,
    'caller',
    'This link opens nothing any more.',
    'Ask for another one, and open it within an hour; each works once.',
  ),
  not_taking_part: entry(
    403,
    'caller',
    'You do not take part in this competition.',
    'Join it with a team, and accept its rules; then try again.',
  ),
  rules_changed: entry(
    403,
    'caller',
    'The rules of the competition have changed since your team accepted them.',
    'An owner of the team reads them and accepts them anew; then try again. GET /api/competitions/{competition} has them.',
  ),
  team_not_found: entry(404, 'caller', 'You are in no such team.', 'GET /api/me lists the teams that you are in.'),
  team_name_taken: entry(409, 'caller', 'There is a team of this name already.', 'Choose another name.'),
  team_role_refused: entry(
    409,
    'caller',
    'A team needs an owner.',
    'Make another member an owner first; then leave, or take the role of a member.',
  ),
  invitation_not_found: entry(
    404,
    'caller',
    'There is no such invitation, or it is over.',
    'Ask an owner of the team for another one.',
  ),
  already_in_team: entry(
    409,
    'caller',
    'A person is in one team per competition.',
    'Leave the other team first, or merge the two teams.',
  ),
  rules_outdated: entry(
    409,
    'caller',
    'These are not the present rules of the competition.',
    'Read the present rules, and accept their version: GET /api/competitions/{competition} has both.',
  ),
  join_refused: entry(
    409,
    'caller',
    'An organiser takes no part in a competition of their own.',
    'Take part with an account that organises nothing in it.',
  ),
  merge_refused: entry(
    409,
    'caller',
    'These teams can’t be merged.',
    'Nothing has changed. Go on as two teams, or mend what is in the way and offer it again.',
  ),
  merge_offer_not_found: entry(
    404,
    'caller',
    'There is no such offer to merge teams.',
    'An owner of the team that is to be merged offers it: POST /api/teams/{id}/merge.',
  ),
  organiser_refused: entry(
    409,
    'caller',
    'This person can’t organise the competition.',
    'Nothing has changed. Add an account of theirs that is in no team of the competition, or somebody else.',
  ),
  organiser_not_found: entry(
    404,
    'caller',
    'This person does not organise the competition.',
    'GET /api/competitions/{competition}/organisers lists who does.',
  ),
  user_not_found: entry(
    404,
    'caller',
    'Nobody has a proven account with this address here.',
    'Ask them to sign up, and to follow the link in the mail that they get.',
  ),
  personal_token_not_found: entry(
    404,
    'caller',
    'You have no such token.',
    'GET /api/me/tokens lists those that you have.',
  ),
  route_not_found: entry(
    404,
    'caller',
    'There is nothing at this address.',
    'See /api/docs for the addresses that exist.',
  ),
  competition_not_found: entry(
    404,
    'caller',
    'There is no such competition.',
    'GET /api/competitions lists those that exist.',
  ),
  phase_not_found: entry(
    404,
    'caller',
    'This competition has no such phase.',
    'GET /api/competitions/{competition} lists its phases.',
  ),
  version_not_found: entry(
    404,
    'caller',
    'This phase has no such version of its test set.',
    'GET …/test-set/versions lists those it has, had, or is changing to.',
  ),
  worker_not_found: entry(
    404,
    'caller',
    'There is no such worker.',
    'GET /api/operator/workers lists those that there are.',
  ),
  image_not_found: entry(
    404,
    'caller',
    'There is no such image in this version of the test set.',
    'GET …/test-set/studies lists its studies, and how many images each has.',
  ),
  submission_not_found: entry(
    404,
    'caller',
    'There is no such submission for this token.',
    'Check the id, and that the token belongs to the team that submitted it.',
  ),
  submission_final: entry(
    409,
    'caller',
    'The submission has already ended.',
    'Nothing needs to be done: a final state does not change.',
  ),
  submission_not_scored: entry(
    409,
    'caller',
    'The submission has no score, or none that its team is told.',
    '`holdout status ID` shows how it stands.',
  ),
  submission_without_bundle: entry(
    409,
    'caller',
    'The submission has no bundle that could be run again: its predictions were imported.',
    'Reproduce one that was submitted as a bundle.',
  ),
  evaluation_not_found: entry(
    404,
    'caller',
    'There is no such submission or evaluation.',
    'Check the id; GET /api/submissions lists the submissions.',
  ),
  media_type_unsupported: entry(
    415,
    'caller',
    'The upload’s content type is not one that can be read.',
    'Send the archive as the body with `Content-Type: application/octet-stream`, or as a multipart file.',
  ),
  upload_too_large: entry(413, 'caller', 'The upload is larger than this phase allows.', 'Make the archive smaller.'),
  upload_incomplete: entry(
    400,
    'caller',
    'The upload ended before it was complete.',
    'Send it again; nothing was kept.',
  ),
  upload_stalled: entry(
    408,
    'caller',
    'Nothing of the upload came for too long.',
    'Look at your connection and send it again; an upload in parts goes on where it was.',
  ),
  upload_not_found: entry(
    404,
    'caller',
    'There is no such upload for this token.',
    'Begin a new one. An upload that is not finished is kept for 24 hours, and a team’s latest eight.',
  ),
  starter_bundle_not_found: entry(
    404,
    'caller',
    'The competition has no such sample bundle.',
    'GET /api/competitions/{competition}/starter-bundles lists those that it has, one of each engine.',
  ),
  upload_unfinished: entry(
    409,
    'caller',
    'The upload is not complete yet.',
    'Send the rest of it: HEAD tells from which byte on.',
  ),
  upload_offset_wrong: entry(
    409,
    'caller',
    'This part does not begin where the upload ends.',
    'Ask for the offset by HEAD, and go on from there.',
  ),
  upload_checksum_wrong: entry(
    460,
    'caller',
    'What arrived of this part is not what its checksum says.',
    'Nothing of it was kept; send it again from the same byte.',
  ),
  upload_is_final: entry(
    403,
    'caller',
    'This upload was put together from others, and takes no bytes of its own.',
    'Read what became of it: GET /api/uploads/…/result.',
  ),
  upload_protocol_unknown: entry(
    412,
    'caller',
    'Uploads in parts follow the tus protocol, version 1.0.0.',
    'Send the header `Tus-Resumable: 1.0.0`, or the whole archive by POST …/submissions.',
  ),
  phase_closed: entry(
    409,
    'caller',
    'This phase takes no submissions now.',
    'GET /api/competitions/:competition has the dates of every phase.',
  ),
  submission_under_way: entry(
    409,
    'caller',
    'This submission is under way.',
    'Wait until it has ended; GET /api/submissions/:id tells how far it is.',
  ),
  choice_refused: entry(
    409,
    'caller',
    'This submission can’t be chosen.',
    'GET /api/submissions tells which submissions are chosen.',
  ),
  competition_invalid: entry(
    422,
    'caller',
    'This competition file can’t be applied.',
    'Mend what is listed, and apply it again; nothing was changed.',
  ),
  quota_exceeded: entry(
    429,
    'caller',
    'The team has used its submissions for now.',
    'Wait until the next is allowed. What fails by our fault never counts.',
  ),
  rate_limited: entry(
    429,
    'caller',
    'Too many requests.',
    'Wait for the seconds in the header `Retry-After`, then try again.',
  ),

  // Receipts, as they are verified; none of these leaves a server
  receipt_unreadable: entry(
    422,
    'caller',
    'The file is not a receipt that can be verified.',
    'Download it again: `holdout receipt SUBMISSION_ID -o FILE`.',
  ),
  receipt_changed: entry(
    422,
    'caller',
    'The receipt was changed after it was signed, or signed by another key than it names.',
    'Do not trust it; ask the team for the file as it was downloaded.',
  ),
  receipt_wrong_key: entry(
    422,
    'caller',
    'The receipt names another key than the expected one.',
    'Do not trust it, unless you know both keys: GET /api/installation/key of the server tells its key.',
  ),
  receipt_wrong_bundle: entry(
    422,
    'caller',
    'The receipt is not of this bundle.',
    'Name the archive exactly as it was submitted; one that was packed anew may have other bytes.',
  ),

  // Bundles: archive
  archive_unreadable: entry(
    422,
    'team',
    'The file is not an archive that can be read.',
    'Send a zip or a tar.gz; `holdout pack DIR` makes one.',
  ),
  archive_truncated: entry(
    422,
    'team',
    'The archive ends before it should.',
    'Make the archive again and upload the whole of it.',
  ),
  archive_encrypted: entry(422, 'team', 'The archive has an encrypted entry.', 'Make the archive without a password.'),
  archive_path_unsafe: entry(
    422,
    'team',
    'The archive has a path that no bundle may have.',
    'Use short relative paths without `..`, drive letters, backslashes or control characters.',
  ),
  archive_entry_kind: entry(
    422,
    'team',
    'The archive has an entry that is neither a file nor a folder.',
    'Replace links and devices by the files themselves.',
  ),
  archive_name_clash: entry(
    422,
    'team',
    'Two entries of the archive have the same name, or differ only in case.',
    'Give every file a name of its own.',
  ),
  archive_name_reserved: entry(
    422,
    'team',
    'The bundle has a file or folder with a name that its run needs.',
    'Give it another name, or leave it out.',
  ),
  archive_too_many_entries: entry(
    422,
    'team',
    'The archive has too many entries.',
    'Leave out what the model does not need.',
  ),
  archive_too_large: entry(
    422,
    'team',
    'The archive’s contents are larger than allowed.',
    'Leave out what the model does not need.',
  ),
  bundle_check_costly: entry(
    422,
    'team',
    'The bundle takes too long, or too much memory, to check.',
    'Leave out what the model does not need; export the model again with an ordinary tool.',
  ),
  archive_ratio: entry(
    422,
    'team',
    'The archive unpacks to far more than its own size.',
    'Make the archive with an ordinary tool, without padding or overlapping entries.',
  ),

  // Bundles: manifest and model files
  manifest_missing: entry(
    422,
    'team',
    'The bundle has no holdout.json.',
    'Put holdout.json at the top of the archive.',
  ),
  manifest_invalid: entry(422, 'team', 'holdout.json is not valid.', 'Correct the field that is named.'),
  manifest_contradicts_model: entry(
    422,
    'team',
    'holdout.json and the model file disagree.',
    'Correct the field that is named, or leave it out where the model tells it.',
  ),
  model_missing: entry(422, 'team', 'A file that the bundle names is not in it.', 'Add the file, or correct its name.'),
  model_unreadable: entry(
    422,
    'team',
    'The model file can’t be read.',
    'Export the model again; check that it loads on your own machine.',
  ),
  model_unsupported: entry(
    422,
    'team',
    'The model has a form that can’t be run here.',
    'Export one input of images and one output of probabilities.',
  ),
  model_external_data: entry(
    422,
    'team',
    'The ONNX model keeps data outside the bundle.',
    'Put the external data files into the bundle, or export the model as a single file.',
  ),
  model_shard_invalid: entry(
    422,
    'team',
    'A weight file of the TF.js model is missing or of the wrong size.',
    'Export the model again and put every weight file into the bundle.',
  ),
  program_ambiguous: entry(
    422,
    'team',
    'The bundle has no holdout.json, and src/ has no one obvious program.',
    'Add a holdout.json with `"engine": "command"` and the `command` to run.',
  ),
  engine_unavailable: entry(
    422,
    'team',
    'This server can’t run a bundle of this kind.',
    'Ask the competition’s organisers what its workers can run.',
  ),

  // Bundles: while they run
  model_load_failed: entry(
    422,
    'team',
    'The engine could not load the model.',
    'The log of the check tells what it printed.',
  ),
  inference_failed: entry(
    422,
    'team',
    'The engine stopped with an error while predicting.',
    'The log of the check tells what it printed.',
  ),
  output_shape: entry(
    422,
    'team',
    'The model’s output does not have one value for each image.',
    'Set `output.index`, or export one output per image.',
  ),
  output_not_finite: entry(
    422,
    'team',
    'The model’s output is not a finite number.',
    'Check the normalisation and the weights for NaN and infinity.',
  ),
  output_out_of_range: entry(
    422,
    'team',
    'The output after its activation is not between 0 and 1.',
    'Set `output.activation` to `sigmoid` or `softmax`, or export probabilities.',
  ),
  cam_mismatch: entry(
    422,
    'team',
    'The feature maps and the weights that holdout.json names in `cam` do not fit.',
    'Name the last feature maps and the weights of the layer after their pooling, or leave `cam` out: heat maps are then made by occlusion.',
  ),
  heat_map_unavailable: entry(
    422,
    'caller',
    'Of this submission there is no heat map.',
    'Heat maps are made of bundles of the engines `onnx` and `tfjs`.',
  ),
  heat_map_too_early: entry(
    409,
    'caller',
    'Heat maps are made of a submission that has been scored.',
    'Ask again when it is scored.',
  ),
  heat_maps_open: entry(
    429,
    'caller',
    'Too many heat maps are waiting to be made.',
    'Ask again when some of them have been made.',
  ),
  command_failed: entry(422, 'team', 'The program ended with an error.', 'The log of the check tells what it printed.'),
  time_limit_exceeded: entry(
    422,
    'team',
    'The bundle ran longer than it may.',
    'Use a smaller model, smaller pictures, or fewer at a time.',
  ),
  memory_limit_exceeded: entry(
    422,
    'team',
    'The bundle used more memory than it may.',
    'Use a smaller model, smaller pictures, or fewer at a time.',
  ),
  cpu_limit_exceeded: entry(
    422,
    'team',
    'The bundle used more CPU time than the phase allows.',
    'Use a smaller model, smaller pictures, or fewer at a time.',
  ),
  process_limit_exceeded: entry(
    422,
    'team',
    'The bundle started more processes and threads than the phase allows.',
    'Use fewer workers and threads.',
  ),
  open_file_limit_exceeded: entry(
    422,
    'team',
    'The bundle opened more files at once than the phase allows.',
    'Close files after use.',
  ),
  file_size_limit_exceeded: entry(
    422,
    'team',
    'The bundle wrote a larger file than the phase allows.',
    'Write smaller files.',
  ),
  scratch_limit_exceeded: entry(
    422,
    'team',
    'The bundle filled its scratch folder.',
    'Write less, and remove what is no longer needed.',
  ),
  output_limit_exceeded: entry(
    422,
    'team',
    'The predictions file is larger than the phase allows.',
    'Write one line a study and nothing else.',
  ),
  log_limit_exceeded: entry(422, 'team', 'The bundle printed more than the phase allows.', 'Print less.'),
  resource_limit_exceeded: entry(
    422,
    'team',
    'The bundle needed more of the machine than the phase allows.',
    'Use fewer processes and open files, and less scratch space, CPU time and output; `holdout competition show` tells the limits.',
  ),
  hidden_run_failed: entry(
    422,
    'team',
    'The bundle did not get through the run on the hidden studies.',
    'This phase tells no more of it. Make sure that every study gets a prediction, whatever its pictures look like.',
  ),
  check_warned: entry(
    422,
    'team',
    'The check found something that looks wrong, and the submission asked to be stopped then.',
    'It costs no submission. Where all is as it should be, submit it again without `--stop-on-warning`.',
  ),
  runner_crashed: entry(
    422,
    'team',
    'The bundle’s process ended early.',
    'Try it on your own machine, with other and with more pictures; `holdout check DIR --sample DIR` runs it as here.',
  ),
  worker_killed: entry(
    422,
    'team',
    'Twice the whole worker ended while it ran this bundle.',
    'Run it on your own machine and watch its memory. Where nothing is wrong with it, ask the organisers to run it again.',
  ),
  runner_killed: entry(
    500,
    'server',
    'The process that ran the bundle was ended from outside.',
    'Try again; most likely the machine ran out of memory.',
  ),

  // Predictions
  predictions_invalid: entry(
    422,
    'team',
    'The predictions can’t be read.',
    'Write a study and its label, or its probability, on each line: one line for each study of the list.',
  ),
  predictions_missing: entry(422, 'team', 'A study has no prediction.', 'Predict every study exactly once.'),
  predictions_duplicate: entry(
    422,
    'team',
    'A study is predicted more than once.',
    'Predict every study exactly once.',
  ),
  predictions_unknown: entry(
    422,
    'team',
    'A prediction is for a study that is not in the test set.',
    'Predict only the studies that are listed.',
  ),
  labels_invalid: entry(
    422,
    'caller',
    'The labels can’t be read.',
    'Correct the line that is named: `study,label` or `study,rad1,rad2,rad3`, with labels 0 or 1.',
  ),

  // Ours
  sandbox_unavailable: entry(
    500,
    'server',
    'The sandbox could not be started.',
    'Tell the people who run this server; `holdout worker doctor` tells them what is missing.',
  ),
  test_set_invalid: entry(
    422,
    'caller',
    'The test set is not valid.',
    'Correct all that is named and import it again.',
  ),
  storage_unavailable: entry(
    503,
    'server',
    'The file store can’t be reached.',
    'Try again in a minute; nothing was lost.',
  ),
  storage_damaged: entry(
    500,
    'server',
    'A stored file is missing or is not what it was.',
    'Tell the people who run this server; they can restore it from a backup.',
  ),
  upload_damaged: entry(
    500,
    'server',
    'The server has other bytes of this upload than were sent to it.',
    'Send the bundle again, and tell the people who run this server: its disk may be failing.',
  ),
  storage_full: entry(
    507,
    'server',
    'The server has no room left for this upload.',
    'Tell the people who run this server; try again later.',
  ),
  queue_unavailable: entry(
    503,
    'server',
    'The queue can’t be reached.',
    'Nothing needs to be done: what waits is found again when the queue is back.',
  ),
  server_busy: entry(
    503,
    'server',
    'The server has too much of this to do right now.',
    'Wait for the seconds in the header `Retry-After`, then try again.',
  ),
  database_unavailable: entry(
    503,
    'server',
    'The database can’t be reached.',
    'Try again in a minute; nothing was lost.',
  ),
  attempts_spent: entry(
    500,
    'server',
    'The evaluation was tried several times and did not get through.',
    'Submit again, or tell the people who run this server.',
  ),
  scoring_failed: entry(500, 'server', 'The predictions could not be scored.', 'Tell the people who run this server.'),
  internal: entry(
    500,
    'server',
    'Something went wrong on the server.',
    'Try again; if it stays, tell the people who run this server the request’s id.',
  ),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

export const errorCodes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];
export const errorCodeSchema = z.enum(errorCodes);

/** One thing that is wrong with what was sent: where, what was found, what was expected. */
export const problemItemSchema = z.object({
  code: errorCodeSchema,
  /** The file of the bundle, test set or CSV; `line` counts from 1. */
  file: z.string().optional(),
  line: z.number().int().positive().optional(),
  /** The field inside the file or request, as a dotted path. */
  field: z.string().optional(),
  found: z.string().optional(),
  expected: z.string().optional(),
  /** Where these two, or the words behind the place, are made from a few values: the same, for another language. */
  sentences: z
    .object({
      found: sentenceSchema.optional(),
      expected: sentenceSchema.optional(),
      words: sentenceSchema.optional(),
    })
    .optional(),
  /** The whole problem as one sentence that names all of the above. */
  message: z.string(),
});
export type ProblemItem = z.infer<typeof problemItemSchema>;

/** RFC 9457 `application/problem+json`, with the catalogue's code and every problem found. */
export const problemSchema = z.object({
  type: z.string(),
  status: z.number().int(),
  code: errorCodeSchema,
  title: z.string(),
  detail: z.string().optional(),
  /** Where the detail is made from a few values: the same, for who writes it in another language. */
  sentences: z.array(sentenceSchema).optional(),
  next: z.string(),
  problems: z.array(problemItemSchema).optional(),
  /** The request's id, to find it in the server's log. */
  instance: z.string().optional(),
  /** Below `/api/auth`: what better-auth calls it, where that says more than `code`. */
  reason: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Options of a {@link HoldoutError}; `cause` goes to the log and never to the caller. */
interface HoldoutErrorOptions {
  detail?: string;
  /** What the detail is made of; it is written from these where it is not given. */
  sentences?: readonly Sentence[];
  problems?: readonly ProblemItem[];
  /** When it is worth trying again: the header `Retry-After`. */
  retryAfterSeconds?: number | undefined;
  /** What a library that refused it calls it. */
  reason?: string;
  cause?: unknown;
}

/** An error of the catalogue. `message` is the title, with the detail where there is one. */
export class HoldoutError extends Error {
  override readonly name = 'HoldoutError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly sentences: readonly Sentence[];
  readonly problems: readonly ProblemItem[];
  readonly retryAfterSeconds: number | undefined;
  readonly reason: string | undefined;

  constructor(code: ErrorCode, options: HoldoutErrorOptions = {}) {
    const title = errorCatalogue[code].title;
    const detail = options.detail ?? options.sentences?.map(writeSentence).join(' ');
    super(detail ? `${title} ${detail}` : title, { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.sentences = options.sentences ?? [];
    this.problems = options.problems ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.reason = options.reason;
  }

  get fault(): Fault {
    return errorCatalogue[this.code].fault;
  }
}

/** What the caller is shown of an error. A server fault shows neither its cause nor its detail. */
export function presentProblem(error: HoldoutError, instance?: string): Problem {
  const { status, title, next, fault } = errorCatalogue[error.code];
  return {
    type: `urn:holdout:error:${error.code}`,
    status,
    code: error.code,
    title,
    next,
    ...(fault !== 'server' && error.detail ? { detail: error.detail } : {}),
    ...(fault !== 'server' && error.sentences.length > 0 ? { sentences: [...error.sentences] } : {}),
    ...(error.problems.length > 0 ? { problems: [...error.problems] } : {}),
    ...(instance ? { instance } : {}),
    ...(error.reason ? { reason: error.reason } : {}),
  };
}

function entry(status: number, fault: Fault, title: string, next: string): CatalogueEntry {
  return { status, fault, title, next };
}
