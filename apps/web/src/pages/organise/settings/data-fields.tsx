import { Button, Fieldset, Group, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CompetitionDraft } from './competition-draft.js';
import { readQuantity } from './units.js';

type DataDraft = NonNullable<CompetitionDraft['data']>;
type LinkDraft = DataDraft[number];

interface DataFieldsProps {
  readonly data: DataDraft;
  readonly onData: (data: DataDraft) => void;
}

/** Data that lie elsewhere, one after the other as the competition’s page shows them. */
export function DataFields({ data, onData }: DataFieldsProps) {
  const { t } = useTranslation('organise');
  const setLink = (place: number, change: Partial<LinkDraft>) =>
    onData(data.map((each, other) => (other === place ? { ...each, ...change } : each)));
  return (
    <Fieldset legend={t('data')}>
      <Stack>
        {data.map((link, place) => (
          <DataLinkFields
            // biome-ignore lint/suspicious/noArrayIndexKey: the name is what is typed, and nothing else tells them apart
            key={place}
            link={link}
            onLink={(change) => setLink(place, change)}
            onRemove={() => onData(data.filter((_, other) => other !== place))}
          />
        ))}
        <Group>
          <Button variant="default" size="compact-sm" onClick={() => onData([...data, { name: '', url: 'https://' }])}>
            {t('addData')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

interface DataLinkFieldsProps {
  readonly link: LinkDraft;
  readonly onLink: (change: Partial<LinkDraft>) => void;
  readonly onRemove: () => void;
}

function DataLinkFields({ link, onLink, onRemove }: DataLinkFieldsProps) {
  const { t } = useTranslation('organise');
  const { name, description = '', url, size, sha256, licence } = link;
  /** What is left empty is not said. */
  const orNull = (text: string) => (text.trim() === '' ? null : text);
  return (
    <Fieldset legend={name || t('newData')}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          required
          label={t('dataName')}
          value={name}
          onChange={({ currentTarget: { value } }) => onLink({ name: value })}
        />
        <TextInput
          required
          type="url"
          label={t('dataUrl')}
          value={url}
          onChange={({ currentTarget: { value } }) => onLink({ url: value.trim() })}
        />
        <TextInput
          label={t('dataSize')}
          placeholder="3 GiB"
          value={String(size ?? '')}
          onChange={({ currentTarget: { value } }) =>
            onLink({ size: value.trim() === '' ? null : readQuantity(value) })
          }
        />
        <TextInput
          label={t('dataLicence')}
          value={licence ?? ''}
          onChange={({ currentTarget: { value } }) => onLink({ licence: orNull(value) })}
        />
      </SimpleGrid>
      <TextInput
        mt="sm"
        label="SHA-256"
        description={t('dataDigestHelp')}
        value={sha256 ?? ''}
        onChange={({ currentTarget: { value } }) => onLink({ sha256: orNull(value) })}
      />
      <Textarea
        mt="sm"
        autosize
        minRows={2}
        label={t('description')}
        description={t('markdown')}
        value={description}
        onChange={({ currentTarget: { value } }) => onLink({ description: value })}
      />
      <Button mt="sm" variant="default" size="compact-sm" onClick={onRemove}>
        {t('removeData')}
        <span className="heard">: {name || t('newData')}</span>
      </Button>
    </Fieldset>
  );
}
