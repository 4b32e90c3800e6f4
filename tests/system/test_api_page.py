"""The page for teams that use the API is true: its commands run as they stand there, in order."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from ops.embedded.apache import ProgramMissing
from tests.architecture.checkout import ROOT
from tests.system.test_up import environment, up_at

PAGE = (ROOT / "ops" / "docs" / "api.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(sh|json|text)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SAID = "API=http://127.0.0.1:8080/v1\n"
PAGE_SECONDS = 240.0
BETWEEN = "<<<next>>>"


class Example(NamedTuple):
    """A command of the page, and what it says that is printed; nothing when it says nothing."""

    command: str
    printed: str


def examples() -> list[Example]:
    """Return the commands, each with the answer that stands behind it."""
    found: list[Example] = []
    for language, text in BLOCKS:
        if language == "sh":
            found.append(Example(text, ""))
        elif found:
            found[-1] = found[-1]._replace(printed=text)
    return found


def as_form(printed: str) -> re.Pattern[str]:
    """Return the form of an answer: white space doesn't count, and `...` stands for anything."""
    parts = re.sub(r"\s+", "", printed).split("...")
    return re.compile(".*".join(map(re.escape, parts)))


def test_every_command_of_the_page_is_answered_as_it_says(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        raise ProgramMissing("curl", "the page for users of the API calls it")
    folder = tmp_path / "data"
    with up_at(folder) as (_, address):
        program = f"\necho '{BETWEEN}'\n".join(each.command for each in examples())
        assert program.startswith(SAID)
        ran = subprocess.run(
            [bash, "-c", program.replace(SAID, f"API={address}\n", 1)],
            cwd=tmp_path,
            env=environment(folder)
            | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=PAGE_SECONDS,
            check=False,
        )
    answers = ran.stdout.split(BETWEEN)
    assert len(answers) == len(examples()), ran.stderr
    for example, answer in zip(examples(), answers, strict=True):
        form = as_form(example.printed)
        assert form.fullmatch(re.sub(r"\s+", "", answer)), (
            f"{example.command}\n{answer}\n{ran.stderr}"
        )
