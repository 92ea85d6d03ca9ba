import { DocumentEditor } from '../parts/document-editor.tsx'
import { useLocation } from '../routing/use-location.ts'

/** The form that makes a document. */
export default function NewDocument() {
  const { query } = useLocation()
  return <DocumentEditor text={example} format="YAML" name={query['name'] ?? ''} isNew />
}

const example = `schemaVersion: '0.3'
description: What it does, and when one would run it.
parameters:
  Name:
    type: String
    description: Whom it greets.
    default: world
mainSteps:
  - name: Greet
    action: aws:executeScript
    inputs:
      Runtime: python3.11
      Handler: greet
      InputPayload:
        Name: '{{ Name }}'
      Script: |
        def greet(events, context):
            return {'Greeting': 'Hello ' + events['Name']}
    outputs:
      - Name: Greeting
        Selector: $.Payload.Greeting
        Type: String
outputs:
  - Greet.Greeting
`
