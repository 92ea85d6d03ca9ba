"""A sequence of calls with boto3: what AWS's ServiceNow connector does, by servicenow-sequence.json.

Usage: servicenow_path.py ENDPOINT SEQUENCE NAMES, the key in the environment; NAMES is JSON. Ends with code 0 and one line of
JSON, the names of the calls that it made, or with the traceback of what was not as it should be.
"""
import json
import re
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, sequence, names = sys.argv[1:]
known = json.loads(names)
# No second try: an answer that is wrong once must be seen.
config = Config(retries={'total_max_attempts': 1})
clients = {
    name: boto3.client(name, endpoint_url=endpoint, config=config) for name in ('servicecatalog', 'ssm', 'sts')
}


def snake(name):
    return re.sub(r'([A-Z])', r'_\1', name).lower()


def filled(value):
    """A value with its $names put in."""
    if isinstance(value, dict):
        return {key: filled(member) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(member) for member in value]
    return known[value[1:]] if isinstance(value, str) and value.startswith('$') else value


def at(answer, path):
    for part in re.findall(r'[^.\[\]]+', path):
        answer = answer[int(part)] if part.isdigit() else answer[part]
    return answer


def differences(answer, expected):
    pairs = [(path, at(answer, path), filled(value)) for path, value in expected.items()]
    return [pair for pair in pairs if pair[1] != pair[2]]


made = []
with open(sequence, encoding='utf-8') as file:
    steps = json.load(file)
for step in steps:
    if 'call' not in step:
        continue
    call = getattr(clients[step.get('service', 'servicecatalog')], snake(step['call']))
    arguments = filled(step.get('input', {}))
    made.append(step['call'])
    if 'error' in step:
        try:
            call(**arguments)
        except ClientError as error:
            assert error.response['Error']['Code'] == step['error'], error
            continue
        raise AssertionError(f'{step["call"]} was answered, not refused')
    answer = call(**arguments)
    end = time.monotonic() + 30
    while differences(answer, step.get('until', {})):
        assert time.monotonic() < end, f'waited in vain: {answer}'
        time.sleep(0.02)
        answer = call(**arguments)
    wrong = differences(answer, step.get('expect', {}))
    assert not wrong, f'{step["call"]}: {wrong}'
    for name, path in step.get('save', {}).items():
        known[name] = at(answer, path)
print(json.dumps(made))
