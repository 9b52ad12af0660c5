"""Run a command as a person at a terminal does, who answers each prompt."""

import json
import subprocess
import sys

TERMINAL = """
import json, os, pty, select, sys, termios
answers = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.executable, [sys.executable, "-m", "liverplan", *sys.argv[2:]])
said, since = b"", b""
while True:
    if select.select([terminal], [], [], 0.02)[0]:
        try:
            part = os.read(terminal, 4096)
        except OSError:
            break
        if not part:
            break
        said, since = said + part, since + part
    hidden = not termios.tcgetattr(terminal)[3] & termios.ECHO
    if hidden and since.rstrip().endswith(b":") and answers:  # what is typed before is dropped
        os.write(terminal, answers.pop(0).encode() + b"\\n")
        since = b""
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def at_a_prompt(*arguments, answers=()):
    """(exit status, all that the terminal showed) of ``liverplan ARGUMENTS``."""
    told = [sys.executable, "-c", TERMINAL, json.dumps(list(answers)), *map(str, arguments)]
    done = subprocess.run(told, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr
