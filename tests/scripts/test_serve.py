"""Programs that live and die together, with stand-ins for the server and the worker."""

import os
import signal
import subprocess
import sys
import time

from scripts.console import ROOT

STARTER = """
import sys
sys.path.insert(0, {root!r})
from scripts.console import CannotContinue
from scripts.serve import Together
commands = [[sys.executable, "-u", "-c", text] for text in {programs!r}]
try:
    sys.exit(Together(commands, dict(PATH="")).run(ready_url="http://127.0.0.1:{port}/", greeting="hello"))
except CannotContinue as reason:
    print(reason)
    sys.exit(1)
"""
ANSWERS = """
import http.server, os
print("pid", os.getpid())
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", {port}), Handler).serve_forever()
"""
WAITS = "import os, time; print('pid', os.getpid()); time.sleep(60)"


def start(*programs: str, port: int) -> subprocess.Popen[str]:
    code = STARTER.format(root=str(ROOT), programs=[text.replace("{port}", str(port)) for text in programs], port=port)
    return subprocess.Popen([sys.executable, "-u", "-c", code], stdout=subprocess.PIPE, text=True)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_term_stops_both_and_counts_as_success(unused_tcp_port: int):
    starter = start(ANSWERS, WAITS, port=unused_tcp_port)
    lines = [starter.stdout.readline() for _ in range(3)]
    starter.send_signal(signal.SIGTERM)
    assert starter.wait(timeout=20) == 0
    starter.stdout.close()
    assert sum("hello" in line for line in lines) == 1
    pids = [int(line.split()[1]) for line in lines if line.startswith("pid")]
    assert len(pids) == 2
    assert not any(map(is_alive, pids))


def test_end_of_one_stops_the_other_and_counts_as_failure(unused_tcp_port: int):
    started = time.monotonic()
    starter = start(ANSWERS, "print('pid', 0)", port=unused_tcp_port)
    output, _ = starter.communicate(timeout=20)
    assert starter.returncode == 1
    assert "ended by itself" in output
    pids = [int(line.split()[1]) for line in output.splitlines() if line.startswith("pid") and line != "pid 0"]
    assert not any(map(is_alive, pids))
    assert time.monotonic() - started < 20
