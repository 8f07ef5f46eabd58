import { Copy, DockerfileParser } from 'dockerfile-ast';

/** One stage of a Dockerfile: what it begins with, and its instructions in order. */
export interface Stage {
  readonly name: string | null;
  /** An image, or the name of an earlier stage. */
  readonly base: string;
  readonly steps: readonly Step[];
}

interface Step {
  readonly keyword: string;
  /** All behind the keyword and its flags, as it stands there. */
  readonly content: string;
  /** The stage of `--from=`. */
  readonly from: string | null;
}

export interface Dockerfile {
  readonly stages: readonly Stage[];
  /** The defaults of every ARG. */
  readonly variables: Readonly<Record<string, string>>;
}

export function readDockerfile(text: string): Dockerfile {
  const variables: Record<string, string> = {};
  const stages: { name: string | null; base: string; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    const raw = instruction.getRawArgumentsContent() ?? '';
    if (keyword === 'ARG') {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(raw) ?? [];
      variables[name] = value.replace(/^"(.*)"$/s, '$1');
    } else if (keyword === 'FROM') {
      const [, base = '', name = null] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(fill(raw, variables)) ?? [];
      stages.push({ base, name, steps: [] });
    } else {
      const flags = instruction instanceof Copy ? instruction.getFlags() : [];
      const from = flags.find((flag) => flag.getName() === 'from')?.getValue() ?? null;
      stages.at(-1)?.steps.push({ keyword, content: raw, from });
    }
  }
  return { stages, variables };
}

/** The last value that a stage, or what it is built on, gives by an instruction. */
export function findLast({ stages }: Dockerfile, target: string | null, keyword: string): string | null {
  const stage = findStage(stages, target);
  const own = stage.steps.findLast((step) => step.keyword === keyword);
  if (own) return own.content;
  return stages.some(({ name }) => name === stage.base)
    ? findLast({ stages, variables: {} }, stage.base, keyword)
    : null;
}

export function findStage(stages: readonly Stage[], target: string | null): Stage {
  const stage = target === null ? stages.at(-1) : stages.find(({ name }) => name === target);
  if (!stage) throw new Error(`The Dockerfile has no stage ${target}.`);
  return stage;
}

export function fill(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name) => variables[name] ?? '');
}
