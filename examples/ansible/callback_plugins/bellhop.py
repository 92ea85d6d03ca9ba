"""What a play does, as JSON lines on stdout: Bellhop keeps them as the progress of the work."""
import json

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: bellhop
type: stdout
short_description: JSON lines
description: One JSON object for each task that ended.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'bellhop'

    def _tell(self, status, result, **more):
        task = result._task.get_name()
        message = f'{task}: {status}'
        if status in ('failed', 'unreachable'):
            # What a task with no_log said stays unsaid.
            reason = 'its output is hidden' if result._task.no_log else self._reason(result._result)
            message = f'Task "{task}" failed: {reason}'
            status = 'failed'
        print(json.dumps({'message': message, 'task': task, 'status': status, **more}), flush=True)

    @staticmethod
    def _reason(said):
        last = said.get('stderr', '').strip().splitlines()[-1:]
        return ': '.join([said.get('msg', 'no reason given'), *last])

    def v2_runner_on_ok(self, result):
        self._tell('changed' if result.is_changed() else 'ok', result)

    def v2_runner_on_skipped(self, result):
        self._tell('skipped', result)

    def v2_runner_on_unreachable(self, result):
        self._tell('unreachable', result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._tell('ignored' if ignore_errors else 'failed', result)
