export const words = {
  contents: 'On this page',
  toLeaderboard: 'To the leaderboard',
  about: 'About',
  rules: 'Rules',
  noRules: 'The organisers have written no rules.',
  phases: 'Phases',
  limits: 'Limits and quotas',
  readers: 'Readers',
  data: 'Data',
  starterKit: 'Starter kit',
  takePart: 'Take part',
  bundle: 'The bundle',

  // Phases.
  hidden: 'hidden test set',
  public: 'public test set',
  size: '{{studies}} studies, {{images}} images',
  always: 'Open at any time',
  opensAt: 'Opens {{relative}}, on {{time}}',
  openUntil: 'Open until {{time}} ({{relative}})',
  openNow: 'Open, without an end',
  closedAt: 'Closed {{relative}}, on {{time}}',
  finalAt: 'Final results on {{time}}',
  today: 'now',

  // Limits.
  limit: 'Limit',
  perDay: 'Submissions in 24 hours',
  total: 'Submissions in all',
  atOnce: 'Under way at one time',
  without: 'no limit',
  bundleSize: 'Bundle',
  runTime: 'Time of a run',
  cpuTime: 'Processor time',
  memory: 'Memory',
  scratch: 'Scratch files',
  processes: 'Processes and threads',
  openFiles: 'Open files of a process',
  fileSize: 'One file',
  output: 'Predictions',
  log: 'What it prints',
  limitsNote:
    'Of each run: on the public sample, then on the phase’s own studies. What fails by the server’s fault does not count.',

  // Readers.
  readersIntro: 'Radiologists who read the studies of “{{phase}}”. They stand on the board without a rank.',
  bestReader: 'best reader',
  readerKappa: 'kappa {{kappa}}',
  noReaders: 'No reader stands on the board.',

  // Data.
  noData: 'The organisers name no data to download.',
  noDataNext: 'The starter kit has sample studies, with their labels.',
  dataNote: 'They lie elsewhere: who offers them may ask for a name, or for terms to be accepted.',
  dataSize: 'Size',
  dataLicence: 'Licence',

  // The starter kit.
  kitIntro:
    'All that a first submission needs, made for this competition. It runs as it is; put your own model in its place.',
  noKit: 'There is no starter kit yet.',
  noKitNext: 'It comes when the organisers have set a sample bundle, or have opened the sample studies.',
  kitContents: 'What is in the starter kit',
  kitFolder: 'File or folder',
  kitWhat: 'What it is',
  kitReadme: 'The commands below, for this server and phase',
  kitBundle_onnx: '“{{name}}”, a model in ONNX, {{size}}',
  kitBundle_tfjs: '“{{name}}”, a model in TensorFlow.js, {{size}}',
  kitBundle_command: '“{{name}}”, a program of its own, {{size}}',
  kitSample:
    'The public sample with its labels: {{studies}} studies, {{images}} images in MURA’s layout. Every bundle runs on it first.',
  downloadKit: 'Download the starter kit ({{size}})',
  kitBrowser: 'In the browser',
  kitBrowserNote:
    'Download it and unpack it. Then choose one of the folders in bundles/ <submit>on the page that submits</submit>.',
  kitGet: 'With the command: get it',
  kitTry: 'Check, pack, submit',
  kitEngine: 'Sample bundle',
  kitLoginNote:
    'Take part first, as it says below. login shows a code to confirm in a browser, once; leave it out where HOLDOUT_TOKEN is set.',
  kitCurl: 'Without the command',
  kitCurlNote: 'With curl, zip and unzip. HOLDOUT_TOKEN is a token of yours: your account’s page makes one.',

  // Taking part.
  takePartIntro:
    'A bundle is checked where you are, then on a public sample with its whole log shown to you, and only then on the hidden studies.',
  phaseToEnter: 'Phase',
  withCommand: 'With the command',
  withCommandNote:
    'In a clone of Holdout that was built, as npm start does it: the command is that clone’s, and none is fetched.',
  withCurl: 'With curl',
  followLive: 'The board moves by itself when your bundle is scored.',

  // The bundle.
  bundleIntro: 'A zip, a tar.gz or a folder with the model and holdout.json at its top.',
  modelExample: 'A model',
  programExample: 'A program of your own',
  programNote:
    'It starts in a folder with the bundle’s files and the studies as MURA-v1.1/…. {images_csv} has an image’s path a line, without a header. {predictions_csv} is to have a line for each study: its folder, and 0 or 1, or a probability of abnormal. It runs without a network. An archive with src/ and one obvious program in it needs no holdout.json.',
  field: 'Field',
  values: 'Values',
  leftOut: 'When it is left out',
  needed: 'needed',
  fromModel: 'read from the model file',
  theOnlyOne: 'the only one',
  nothing: 'nothing',
  valuesName: 'up to 100 characters',
  valuesEngine: 'onnx, tfjs, or command for a program of your own',
  valuesModel: 'the model file: model.onnx, model.json',
  valuesSize: 'pixels; 1 or 3; nchw or nhwc',
  valuesResize: 'stretch, contain (black margins), cover',
  valuesScale: 'each value is ((pixel · scale) − mean) / std, pixel in 0..255',
  valuesOutput: 'which output; which value of it is the probability of abnormal',
  valuesActivation: 'none, sigmoid, softmax',
  valuesAggregation: 'mean or max over a study’s images',
  valuesThreshold: 'abnormal where the study’s probability is greater',
  valuesWords: 'shown with the entry',
  valuesCam: 'feature maps and weights that show where the model looks',
  byOcclusion: 'shown by occlusion',
} as const;
