"""A web server for one folder, in a session of its own: `site.py start|stop FOLDER`. Prints its pid and port as JSON."""
import functools
import http.server
import json
import os
import signal
import sys
import time

command, folder = sys.argv[1:3]
note = os.path.join(folder, 'server.json')


def known():
    try:
        with open(note, encoding='utf-8') as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def alive(pid):
    try:
        with open(f'/proc/{pid}/cmdline', 'rb') as file:
            return os.fsencode(folder) in file.read().split(b'\0')
    except (FileNotFoundError, ProcessLookupError):
        return False


def stop():
    server = known()
    if server and alive(server['pid']):
        os.kill(server['pid'], signal.SIGTERM)
        while alive(server['pid']):
            time.sleep(0.02)
    return server


def start():
    server = known()
    if server and alive(server['pid']):
        return server
    # The port it had before, so that its address stays.
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=os.path.join(folder, 'pages'))
    listening = http.server.ThreadingHTTPServer(('127.0.0.1', server['port'] if server else 0), handler)
    child = os.fork()
    if child == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        listening.serve_forever()
    server = {'pid': child, 'port': listening.server_port}
    with open(note, 'w', encoding='utf-8') as file:
        json.dump(server, file)
    return server


print(json.dumps((stop if command == 'stop' else start)()))
