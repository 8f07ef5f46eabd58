import type { DescribedCommand, DescribedOption, ValueKind } from './describe-commands.js';

/** A completion for zsh: a function a command, with what each word and option is for. */
export function writeZshCompletion(commands: readonly DescribedCommand[]): string {
  return `#compdef holdout
# Completion of holdout for zsh. Type once, or add to ~/.zshrc after compinit: source <(holdout completion zsh)

${commands.map(writeFunction).join('\n')}
if [[ $funcstack[1] == _holdout ]]; then
  _holdout "$@"
else
  compdef _holdout holdout
fi
`;
}

function writeFunction(command: DescribedCommand): string {
  const { path, commands, options, values } = command;
  const specs = options.flatMap(writeOptionSpecs);
  if (commands.length === 0) {
    const lines = [...specs, quote(`*: :${writeAction(values)}`)];
    return `${nameFunction(path)}() {\n  _arguments ${lines.join(' \\\n    ')}\n}\n`;
  }
  const known = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}`);
  const calls = commands.map(({ name }) => `    ${name}) ${nameFunction(`${path} ${name}`)} ;;`);
  return `${nameFunction(path)}() {
  local curcontext="$curcontext" state line
  local -a known=(
${known.join('\n')}
  )
  _arguments -C ${[...specs, quote('1: :->command'), quote('*:: :->rest')].join(' \\\n    ')}
  case $state in
  command) _describe command known ;;
  rest)
    case $line[1] in
${calls.join('\n')}
    esac
    ;;
  esac
}
`;
}

/** An option by each of its flags; one excludes the other. */
function writeOptionSpecs({ flags, summary, value }: DescribedOption): string[] {
  const words = summary.replace(/[[\]:\\]/g, '\\$&').replaceAll('\n', ' ');
  const action = value ? `: :${writeAction(value)}` : '';
  return flags.map((flag) => quote(`(${flags.join(' ')})${flag}[${words}]${action}`));
}

function writeAction(value: ValueKind): string {
  if (value.kind === 'words') return `(${value.words.join(' ')})`;
  return value.kind === 'file' ? '_files' : ' ';
}

function nameFunction(path: string): string {
  return `_${path.replaceAll(/[ -]/g, '_')}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
