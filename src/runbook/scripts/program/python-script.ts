/**
 * Python: runs a user's script in this very process and writes {"payload": value} or {"failure": text} to the channel. It
 * needs Python 3.7 and nothing outside of its standard library.
 */
export const pythonScript = String.raw`
FILE_NAME = 'customer_script.py'
MAX_FAILURE = 8192


def run_python(request, channel):
    """Never returns."""
    own_pid = os.getpid()

    def answer(result):
        # A script that forked and came back here twice has one result: that of the process that was started for it.
        if os.getpid() != own_pid:
            os._exit(0)
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:
                pass
        write_line(channel, result)
        # Threads and exit handlers that the script left behind get no say.
        os._exit(0)

    for name, descriptor in (('stdout', 1), ('stderr', 2)):
        stream = open(descriptor, 'w', encoding='utf-8', errors='backslashreplace', buffering=1, closefd=False)
        setattr(sys, name, stream)
        setattr(sys, '__%s__' % name, stream)
    answer(outcome(request))


def outcome(request):
    import linecache, types
    source = request['script']
    linecache.cache[FILE_NAME] = (len(source), None, source.splitlines(True), FILE_NAME)
    module = types.ModuleType('customer_script')
    module.__file__ = FILE_NAME
    sys.modules['customer_script'] = module
    sys.argv = [FILE_NAME]
    attachment = request['attachment']
    if attachment is not None:
        sys.path.insert(0, os.getcwd())
        if attachment['name'].endswith('.zip'):
            sys.path.insert(0, os.path.join(os.getcwd(), attachment['name']))
    try:
        lead_old_boto3_to_endpoints()
        exec(compile(source, FILE_NAME, 'exec', dont_inherit=True), module.__dict__)
        handler = find_handler(module, request['handler'], attachment)
        if not callable(handler):
            return {'failure': 'The script has no function %s.' % request['handler']}
        value = handler(request['events'], request['context'])
    except SystemExit as error:
        return {'failure': 'The script ended itself with exit code %s instead of returning.' % (error.code,)}
    except MemoryError as error:
        error.__traceback__ = None
        return {'failure': 'MemoryError - the script needs more memory than it may use.'}
    except BaseException as error:
        return {'failure': failure_text(error, request['ports'])}
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False).encode('utf-8', 'surrogatepass')
    except BaseException as error:
        return {'failure': 'What the handler returned is not JSON: %s - %s' % (type(error).__name__, error)}
    if len(text) > request['maxPayload']:
        return {'failure': 'What the handler returned has %d bytes of JSON; at most %d are taken.' % (len(text), request['maxPayload'])}
    return {'payload': json.loads(text)}


def lead_old_boto3_to_endpoints():
    """boto3 before 1.28 does not know AWS_ENDPOINT_URL: its calls would go to AWS where something else was meant."""
    if not any(name.startswith('AWS_ENDPOINT_URL') for name in os.environ):
        return
    try:
        import botocore, botocore.session
    except ImportError:
        return
    if tuple(map(int, botocore.__version__.split('.')[:2])) >= (1, 31):
        return
    create = botocore.session.Session.create_client

    def create_client(self, service_name, *given, **named):
        # endpoint_url is the sixth after the service's name.
        if len(given) < 5 and named.get('endpoint_url') is None:
            service = self.get_service_model(service_name).service_id.upper().replace(' ', '_').replace('-', '_')
            url = os.environ.get('AWS_ENDPOINT_URL_' + service) or os.environ.get('AWS_ENDPOINT_URL')
            if url:
                named['endpoint_url'] = url
        return create(self, service_name, *given, **named)

    botocore.session.Session.create_client = create_client


def find_handler(module, name, attachment):
    """A function of the script, or module.function of the attachment; of an attached file alone, one of its functions."""
    if hasattr(module, name):
        return getattr(module, name)
    if attachment is None:
        return None
    from importlib import import_module
    path, _, function = name.rpartition('.')
    if path == '' and attachment['name'].endswith('.py'):
        path = attachment['name'][:-3]
    return getattr(import_module(path), function, None) if path else None


def failure_text(error, ports):
    import traceback
    frames = traceback.extract_tb(error.__traceback__)
    own = next((i for i, frame in enumerate(frames) if frame.filename == FILE_NAME), len(frames))
    lines = traceback.StackSummary.from_list(frames[own:]).format()
    try:
        message = str(error)
    except BaseException:
        message = '(no text)'
    text = '%s - %s' % (type(error).__name__, message)
    if lines:
        text = 'Traceback (most recent call last):\n' + ''.join(lines) + '\n' + text
    text = text if len(text) <= MAX_FAILURE else text[:2000] + '\n...\n' + text[-(MAX_FAILURE - 2000):]
    if ports is not None and closed_port(error):
        text += '\n(Scripts here may open TCP connections to ports %s only: the server\'s setting scripts.tcpPorts.)' % ', '.join(map(str, ports))
    return text


def closed_port(error):
    """Whether an error looks like a connection that Landlock refused: no permission, and no file was meant."""
    for _ in range(8):
        if error is None:
            return False
        if isinstance(error, PermissionError) and error.errno == 13 and error.filename is None:
            return True
        reason = getattr(error, 'reason', None)
        error = reason if isinstance(reason, BaseException) else error.__cause__ or error.__context__
    return False
`
