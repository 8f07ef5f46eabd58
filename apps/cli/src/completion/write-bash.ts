import type { DescribedCommand, ValueKind } from './describe-commands.js';

/**
 * A completion for bash, which needs nothing but bash: the words of the line are followed down the tree of commands, and
 * what can come next is offered.
 */
export function writeBashCompletion(commands: readonly DescribedCommand[]): string {
  const steps = commands.flatMap(({ path, commands: below }) =>
    below.map(({ name }) => `      ${quote(`${path} ${name}`)}) path=${quote(`${path} ${name}`)}; continue ;;`),
  );
  const takers = commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) => (value ? flags.map((flag) => ({ key: `${path}:${flag}`, value })) : [])),
  );
  return `# Completion of holdout for bash. Type once, or add to ~/.bashrc: eval "$(holdout completion bash)"
_holdout() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='holdout' option='' word index words='' files=''
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [[ -n $option ]]; then option=''; continue; fi
    case "$path $word" in
${steps.join('\n')}
    esac
    case "$path:$word" in
${writeCases(takers.map(({ key }) => key))}) option="$word" ;;
    esac
  done
  if [[ -n $option ]]; then
    case "$path:$option" in
${takers.map(({ key, value }) => writeValueCase(key, value)).join('\n')}
    esac
  elif [[ $current == -* ]]; then
    case "$path" in
${commands.map(writeOptionsCase).join('\n')}
    esac
  else
    case "$path" in
${commands.map(writeNextCase).join('\n')}
    esac
  fi
  local IFS=$'\\n'
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "\${words// /$'\\n'}" -- "$current"))
  fi
}
complete -F _holdout holdout
`;
}

function writeCases(keys: readonly string[]): string {
  return `      ${keys.map(quote).join(' | \\\n      ')}`;
}

function writeValueCase(key: string, value: ValueKind): string {
  return `      ${quote(key)}) ${writeOffer(value)} ;;`;
}

function writeOptionsCase({ path, options }: DescribedCommand): string {
  return `      ${quote(path)}) words=${quote(options.flatMap(({ flags }) => flags).join(' '))} ;;`;
}

function writeNextCase({ path, commands, values }: DescribedCommand): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `      ${quote(path)}) ${names === '' ? writeOffer(values) : `words=${quote(names)}`} ;;`;
}

function writeOffer(value: ValueKind): string {
  if (value.kind === 'words') return `words=${quote(value.words.join(' '))}`;
  return value.kind === 'file' ? 'files=yes' : ':';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
