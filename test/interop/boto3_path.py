"""The whole path with boto3, with actions that wait for people.

Usage: boto3_path.py ENDPOINT pull|exec, the key in the environment. Plays administrator, requester and approver, and with
`pull` the engine too; with `exec` the server runs the engine `paint`. Ends with code 0 and one line of JSON that says what
it saw, or with the traceback of what was not as it should be.
"""
import datetime
import json
import sys
import time

import boto3
from botocore.config import Config

endpoint, transport = sys.argv[1:]
# No second try: an answer that is wrong once must be seen.
config = Config(retries={'total_max_attempts': 1})
sc, ssm, sqs, sts = (
    boto3.client(name, endpoint_url=endpoint, config=config) for name in ('servicecatalog', 'ssm', 'sqs', 'sts')
)
saw = {'boto3': boto3.__version__}

APPROVED = {
    'schemaVersion': '0.3',
    'parameters': {'Approver': {'type': 'String'}, 'Word': {'type': 'String', 'allowedPattern': '^[a-z]+$'}},
    'mainSteps': [
        {
            'name': 'Ask',
            'action': 'aws:approve',
            'inputs': {'Message': 'Shall it?', 'Approvers': ['{{ Approver }}'], 'MinRequiredApprovals': 1},
        },
        {'name': 'Wait', 'action': 'aws:pause', 'inputs': {}},
        {
            'name': 'Say',
            'action': 'aws:executeScript',
            'inputs': {
                'Runtime': 'python3.11',
                'Handler': 'say',
                'Script': "def say(events, context):\n    return {'said': events['word'].upper()}\n",
                'InputPayload': {'word': '{{ Word }}'},
            },
            'outputs': [{'Name': 'Said', 'Selector': '$.Payload.said', 'Type': 'String'}],
        },
    ],
    'outputs': ['Say.Said'],
}


def raises(kind, call, **arguments):
    """The error that a call is answered with, which must be of the class that the client made for it."""
    try:
        call(**arguments)
    except kind as error:
        return error
    raise AssertionError(f'{call.__name__} did not raise {kind.__name__}')


def until(look, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f'waited {seconds} s in vain: {what}')


def ended(record):
    def look():
        answer = sc.describe_record(Id=record['RecordId'])
        return answer if answer['RecordDetail']['Status'] in ('SUCCEEDED', 'FAILED') else None

    return until(look, f'the end of {record["RecordId"]}')


def outputs(answer):
    return {output['OutputKey']: output['OutputValue'] for output in answer['RecordOutputs']}


PULLED = {
    'provision': (
        'ServiceCatalogExternalProvisionOperationQueue',
        'notify_provision_product_engine_workflow_result',
    ),
    'update': (
        'ServiceCatalogExternalUpdateOperationQueue',
        'notify_update_provisioned_product_engine_workflow_result',
    ),
    'terminate': (
        'ServiceCatalogExternalTerminateOperationQueue',
        'notify_terminate_provisioned_product_engine_workflow_result',
    ),
}


def pull(work, **result):
    """What an engine does: takes a message, tells its result, deletes the message. Answers the message."""
    queue, notify = PULLED[work]
    url = sqs.get_queue_url(QueueName=queue)['QueueUrl']
    # boto3 checks the digest of the body.
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)['Messages']
    body = json.loads(message['Body'])
    getattr(sc, notify)(WorkflowToken=body['token'], RecordId=body['recordId'], **result)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message['ReceiptHandle'])
    left = sqs.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    )['Attributes']
    assert set(left.values()) == {'0'}, left
    return body


def coloured(colour):
    return [{'OutputKey': 'Colour', 'OutputValue': colour, 'Description': 'The colour it has'}]


# The administrator's part.
me = sts.get_caller_identity()
portfolio = sc.create_portfolio(DisplayName='Painted', ProviderName='Tests', IdempotencyToken='first')['PortfolioDetail']
same = sc.create_portfolio(DisplayName='Painted', ProviderName='Tests', IdempotencyToken='first')['PortfolioDetail']
assert same == portfolio, 'the same token gives the same answer'
assert isinstance(portfolio['CreatedTime'], datetime.datetime)
assert abs((portfolio['CreatedTime'] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 60
for number in range(4):
    sc.create_portfolio(DisplayName=f'Empty {number}', ProviderName='Tests')
product = sc.create_product(
    Name='Painted thing',
    Owner='Tests',
    ProductType='EXTERNAL',
    Tags=[{'Key': 'bellhop:engine', 'Value': 'paint'}] if transport == 'exec' else [],
    ProvisioningArtifactParameters={
        'Name': 'v1',
        'Type': 'EXTERNAL',
        'Info': {'LoadTemplateFromURL': 's3://things/v1.tar.gz'},
    },
)
where = {
    'ProductId': product['ProductViewDetail']['ProductViewSummary']['ProductId'],
    'ProvisioningArtifactId': product['ProvisioningArtifactDetail']['Id'],
}
sc.associate_product_with_portfolio(ProductId=where['ProductId'], PortfolioId=portfolio['Id'])
raises(sc.exceptions.ResourceNotFoundException, sc.list_launch_paths, ProductId=where['ProductId'])
sc.associate_principal_with_portfolio(PortfolioId=portfolio['Id'], PrincipalARN=me['Arn'], PrincipalType='IAM')
sc.create_constraint(
    PortfolioId=portfolio['Id'],
    ProductId=where['ProductId'],
    Type='LAUNCH',
    Parameters=json.dumps({'LocalRoleName': 'Launch'}),
)
ssm.create_document(Name='Approved', Content=json.dumps(APPROVED), DocumentType='Automation', DocumentFormat='JSON')
raises(
    ssm.exceptions.DocumentAlreadyExists,
    ssm.create_document,
    Name='Approved',
    Content=json.dumps(APPROVED),
    DocumentType='Automation',
)
bad = raises(
    ssm.exceptions.InvalidDocumentContent,
    ssm.create_document,
    Name='Bad',
    Content=json.dumps({'schemaVersion': '0.3', 'mainSteps': [{'name': 'x', 'action': 'aws:noSuchAction'}]}),
    DocumentType='Automation',
)
assert 'aws:noSuchAction' in bad.response['Error']['Message'], bad
assert json.loads(ssm.get_document(Name='Approved')['Content']) == APPROVED
names = ('Approver', 'Word')
action = sc.create_service_action(
    Name='Approved',
    DefinitionType='SSM_AUTOMATION',
    Definition={
        'Name': 'Approved',
        'Version': '1',
        'Parameters': json.dumps([{'Name': name, 'Type': 'TEXT_VALUE'} for name in names]),
    },
)['ServiceActionDetail']['ServiceActionSummary']['Id']
sc.associate_service_action_with_provisioning_artifact(ServiceActionId=action, **where)
raises(
    sc.exceptions.DuplicateResourceException,
    sc.associate_service_action_with_provisioning_artifact,
    ServiceActionId=action,
    **where,
)

# Pages, as the client's own paginators turn them.
pages = list(sc.get_paginator('list_portfolios').paginate(PaginationConfig={'PageSize': 2}))
assert [len(page['PortfolioDetails']) for page in pages] == [2, 2, 1], pages
saw['portfolios'] = sorted(each['DisplayName'] for page in pages for each in page['PortfolioDetails'])
assert len(pages[0]['ResponseMetadata']['RequestId']) == 36

# A provision that its engine refuses, and one that it carries out.
if transport == 'pull':
    refused = sc.provision_product(ProvisionedProductName='refused', **where)['RecordDetail']
    pull('provision', Status='FAILED', FailureReason='No room')
    answer = ended(refused)
    assert answer['RecordDetail']['Status'] == 'FAILED'
    saw['refusal'] = answer['RecordDetail']['RecordErrors'][0]['Description']
record = sc.provision_product(
    ProvisionedProductName='mine',
    ProvisioningParameters=[{'Key': 'Colour', 'Value': 'yellow'}],
    Tags=[{'Key': 'team', 'Value': 'blue'}],
    **where,
)['RecordDetail']
if transport == 'pull':
    raises(
        sc.exceptions.InvalidParametersException,
        sc.notify_provision_product_engine_workflow_result,
        WorkflowToken='forged',
        RecordId=record['RecordId'],
        Status='SUCCEEDED',
    )
    message = pull('provision', Status='SUCCEEDED', Outputs=coloured('yellow'))
    saw['message'] = {name: message[name] for name in ('operation', 'artifact', 'parameters', 'launchRoleArn')}
    assert message['identity']['principal'] == me['Arn']
answer = ended(record)
assert answer['RecordDetail']['Status'] == 'SUCCEEDED', answer
assert answer['RecordOutputs'] == coloured('yellow'), answer
thing = {'ProvisionedProductId': record['ProvisionedProductId']}

# An action that waits for an approval and then for a person to go on.
raises(
    sc.exceptions.InvalidParametersException,
    sc.execute_provisioned_product_service_action,
    ServiceActionId=action,
    Parameters={'Approver': [me['Arn']], 'Word': ['CAPITALS']},
    **thing,
)
record = sc.execute_provisioned_product_service_action(
    ServiceActionId=action, Parameters={'Approver': [me['Arn']], 'Word': ['done']}, **thing
)['RecordDetail']
assert record['Status'] == 'CREATED'
execution = outputs(sc.describe_record(Id=record['RecordId']))['AutomationExecutionId']


def waiting(step):
    def look():
        steps = ssm.get_automation_execution(AutomationExecutionId=execution)['AutomationExecution']['StepExecutions']
        return any(each['StepName'] == step and each['StepStatus'] == 'Waiting' for each in steps)

    until(look, f'step {step} waits')


waiting('Ask')
state = sc.describe_provisioned_product(Id=thing['ProvisionedProductId'])['ProvisionedProductDetail']
assert state['Status'] == 'UNDER_CHANGE', state
raises(
    sc.exceptions.InvalidStateException,
    sc.execute_provisioned_product_service_action,
    ServiceActionId=action,
    Parameters={'Approver': [me['Arn']], 'Word': ['again']},
    **thing,
)
# What the step waits for is an approval, not a resumption.
raises(
    ssm.exceptions.InvalidAutomationSignalException,
    ssm.send_automation_signal,
    AutomationExecutionId=execution,
    SignalType='Resume',
)
ssm.send_automation_signal(AutomationExecutionId=execution, SignalType='Approve', Payload={'Comment': ['Go on']})
waiting('Wait')
ssm.send_automation_signal(AutomationExecutionId=execution, SignalType='Resume', Payload={'StepName': ['Wait']})
answer = ended(record)
assert answer['RecordDetail']['Status'] == 'SUCCEEDED', answer
assert outputs(answer) == {'AutomationExecutionId': execution, 'Say.Said': 'DONE'}, answer
steps = [
    step
    for page in ssm.get_paginator('describe_automation_step_executions').paginate(
        AutomationExecutionId=execution, PaginationConfig={'PageSize': 1}
    )
    for step in page['StepExecutions']
]
saw['steps'] = [[step['StepName'], step['StepStatus']] for step in steps]
assert all(step['ExecutionStartTime'] <= step['ExecutionEndTime'] for step in steps), steps

# One that is rejected fails, and the product is as available as before.
record = sc.execute_provisioned_product_service_action(
    ServiceActionId=action, Parameters={'Approver': [me['Arn']], 'Word': ['never']}, **thing
)['RecordDetail']
execution = outputs(sc.describe_record(Id=record['RecordId']))['AutomationExecutionId']
waiting('Ask')
ssm.send_automation_signal(AutomationExecutionId=execution, SignalType='Reject')
answer = ended(record)
assert answer['RecordDetail']['Status'] == 'FAILED' and answer['RecordDetail']['RecordErrors'], answer
raises(
    ssm.exceptions.InvalidAutomationSignalException,
    ssm.send_automation_signal,
    AutomationExecutionId=execution,
    SignalType='Approve',
)
state = sc.describe_provisioned_product(Id=thing['ProvisionedProductId'])['ProvisionedProductDetail']
assert state['Status'] == 'AVAILABLE' and state['LastRecordId'] == record['RecordId'], state

# Update, terminate.
record = sc.update_provisioned_product(
    ProvisioningParameters=[{'Key': 'Colour', 'Value': 'white'}], **thing, **where
)['RecordDetail']
if transport == 'pull':
    message = pull('update', Status='SUCCEEDED', Outputs=coloured('white'))
    assert message['parameters'] == [{'key': 'Colour', 'value': 'white'}], message
assert outputs(ended(record)) == {'Colour': 'white'}
record = sc.terminate_provisioned_product(**thing)['RecordDetail']
if transport == 'pull':
    pull('terminate', Status='SUCCEEDED')
assert ended(record)['RecordDetail']['Status'] == 'SUCCEEDED'
raises(
    sc.exceptions.ResourceNotFoundException, sc.describe_provisioned_product, Id=thing['ProvisionedProductId']
)
if transport == 'pull':
    raises(sqs.exceptions.QueueDoesNotExist, sqs.get_queue_url, QueueName='NoSuchQueue')
print(json.dumps(saw))
