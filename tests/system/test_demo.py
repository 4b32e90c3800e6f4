"""The demo as somebody runs it who has just found us; its last command works as it is printed."""

import json
import os
import shutil
import signal
import subprocess
import threading

from ops.embedded.apache import ProgramMissing
from tests.system.test_up import PATIENCE_SECONDS, RUGZAK

DEMO_SECONDS = 240.0
PROMPT = "$ curl "


def test_it_ends_with_a_command_that_works_as_printed_until_ctrl_c() -> None:
    shell = shutil.which("sh")
    if shell is None or shutil.which("curl") is None:
        raise ProgramMissing("curl", "the demo prints a command for it")
    process = subprocess.Popen(
        [RUGZAK, "demo", "--people", "0", "--stay"], env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    patience = threading.Timer(DEMO_SECONDS, process.kill)
    patience.start()
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("The API answers on"):
                break
        [number] = [index for index, line in enumerate(said) if line.startswith(PROMPT)]
        command = said[number].removeprefix("$ ")
        done = subprocess.run(
            [shell, "-c", command], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )  # fmt: skip
        printed, _ = json.JSONDecoder().raw_decode("".join(said[number + 1 :]))
        assert json.loads(done.stdout) == printed, done.stderr
        assert printed["items"]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0
    finally:
        patience.cancel()
        process.kill()
        process.communicate()
