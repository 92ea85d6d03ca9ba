const parameters = {
  commands: { type: 'StringList', minItems: 1, displayType: 'textarea' },
  workingDirectory: { type: 'String', default: '' },
  executionTimeout: {
    type: 'String',
    default: '3600',
    allowedPattern: '([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)',
  },
}

const inputs = {
  runCommand: '{{ commands }}',
  workingDirectory: '{{ workingDirectory }}',
  timeoutSeconds: '{{ executionTimeout }}',
}

const runs = (plugin: string, name: string) =>
  JSON.stringify({
    schemaVersion: '2.2',
    description: 'Runs the lines it is given.',
    parameters,
    mainSteps: [{ action: plugin, name, inputs }],
  })

/** Command documents that are there without having been made, under AWS's names. */
export const builtInCommands: ReadonlyMap<string, string> = new Map([
  ['AWS-RunShellScript', runs('aws:runShellScript', 'runShellScript')],
  ['AWS-RunPowerShellScript', runs('aws:runPowerShellScript', 'runPowerShellScript')],
])
