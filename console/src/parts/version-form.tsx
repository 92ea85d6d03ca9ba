import FileUpload from '@cloudscape-design/components/file-upload'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import { putArtifact } from '../api/put-artifact.ts'
import { type ProductType, type Source, versionOf } from '../words/version.ts'

/** What is being said of a version that is to be made, and what is wrong with it. */
export function useVersionForm() {
  const [name, setName] = useState('v1')
  const [description, setDescription] = useState('')
  const [source, setSource] = useState<Source>('file')
  const [url, setUrl] = useState('')
  const [file, setFile] = useState<File>()
  const [isTried, setTried] = useState(false)
  const hasSource = source === 'url' ? url !== '' : file !== undefined
  return {
    ...{ name, setName, description, setDescription, source, setSource, url, setUrl, file, setFile },
    lacksName: isTried && name === '',
    lacksSource: isTried && !hasSource,
    /** Whether all is there; if not, what lacks is shown. */
    check: () => {
      setTried(true)
      return name !== '' && hasSource
    },
    /** The version as operations take it; its file is put into the store first. */
    version: async (type: ProductType) =>
      versionOf({ name, description, type, url: source === 'file' ? await putArtifact(file!) : url }),
  }
}

export function VersionForm({ form }: { readonly form: ReturnType<typeof useVersionForm> }) {
  return (
    <SpaceBetween size="m">
      <FormField label="Name of the version" errorText={form.lacksName && 'A value is needed.'}>
        <Input value={form.name} onChange={({ detail }) => form.setName(detail.value)} />
      </FormField>
      <FormField label="What is new in it" constraintText="Optional.">
        <Input value={form.description} onChange={({ detail }) => form.setDescription(detail.value)} />
      </FormField>
      <FormField label="Made from">
        <RadioGroup
          ariaLabel="Made from"
          direction="horizontal"
          value={form.source}
          items={[
            { value: 'file', label: 'A file' },
            { value: 'url', label: 'An address' },
          ]}
          onChange={({ detail }) => form.setSource(detail.value as Source)}
        />
      </FormField>
      {form.source === 'file' ? (
        <FormField
          label="File"
          description="A template, or a configuration as .tar.gz. It is put into the server's artifact store."
          errorText={form.lacksSource && 'A file is needed.'}
        >
          <FileUpload
            value={form.file ? [form.file] : []}
            onChange={({ detail }) => form.setFile(detail.value[0])}
            showFileSize
            i18nStrings={{
              uploadButtonText: () => 'Choose file',
              dropzoneText: () => 'Drop the file here',
              removeFileAriaLabel: () => 'Take the file away',
              limitShowFewer: 'Show fewer',
              limitShowMore: 'Show more',
              errorIconAriaLabel: 'Error',
              warningIconAriaLabel: 'Warning',
            }}
          />
        </FormField>
      ) : (
        <FormField
          label="Address"
          description="https://…, s3://…, or bellhop://artifacts/… of what lies in the artifact store already."
          errorText={form.lacksSource && 'A value is needed.'}
        >
          <Input value={form.url} onChange={({ detail }) => form.setUrl(detail.value.trim())} />
        </FormField>
      )}
    </SpaceBetween>
  )
}
