"""The schemas of Kubernetes, from the package kubernetes-validate: in an environment of its own beside what is built."""

import pathlib
import shutil
import subprocess
import sys

REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")


def lacking(target):
    """Makes the environment in `target` if it is not there; why it could not be made, nothing if the schemas are there."""
    folder = target / "fleet-schemas"
    made = folder / "made"
    if not made.exists() or made.read_text() != REQUIREMENTS.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        pip = ["-m", "pip", "--disable-pip-version-check", "--timeout", "15", "--retries", "1", "install", "--quiet", "--require-hashes"]
        for command in [[sys.executable, "-m", "venv", folder], [folder / "bin/python", *pip, "-r", REQUIREMENTS]]:
            ended = subprocess.run(list(map(str, command)), text=True, capture_output=True, stdin=subprocess.DEVNULL)
            if ended.returncode != 0:
                shutil.rmtree(folder, ignore_errors=True)
                return [f"the package kubernetes-validate, since pip cannot install it: {ended.stderr.strip() or ended.stdout.strip()}"]
        made.write_text(REQUIREMENTS.read_text())
    sys.path += map(str, folder.glob("lib/python3*/site-packages"))
    return []
