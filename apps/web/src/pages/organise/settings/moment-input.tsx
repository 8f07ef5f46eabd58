import { TextInput } from '@mantine/core';

interface MomentInputProps {
  readonly label: string;
  /** As the file has it, in whatever zone; null is never. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

/** A moment in the reader's own zone, kept as one in UTC. */
export function MomentInput({ label, value, onChange }: MomentInputProps) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={value === null ? '' : toLocal(new Date(value))}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === '' ? null : new Date(currentTarget.value).toISOString())
      }
    />
  );
}

/** `2027-01-31T09:30`, as the input writes it. */
function toLocal(moment: Date): string {
  if (Number.isNaN(moment.getTime())) return '';
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
