"""axe-core, which looks for what readers with a keyboard, a screen reader or weak eyes trip over; fetched by npm, if it can be had."""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSION = "4.14.1"
# SHA-512 of the package.
INTEGRITY = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="


def source():
    """Its script, or None and why not."""
    npm = shutil.which("npm")
    if npm is None:
        return None, "there is no npm"
    with tempfile.TemporaryDirectory() as folder:
        arguments = [npm, "pack", f"axe-core@{VERSION}", "--json", "--silent", f"--cache={folder}/cache"]
        try:
            ended = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=120)
        except subprocess.TimeoutExpired:
            return None, "npm did not answer in two minutes"
        if ended.returncode != 0:
            return None, "npm cannot fetch it"
        package = next(Path(folder).glob("*.tgz"))
        digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        if digest != INTEGRITY:
            raise RuntimeError(f"axe-core {VERSION} is not the package that it was: sha512 {digest}")
        with tarfile.open(package) as archive:
            return archive.extractfile("package/axe.min.js").read().decode(), ""


def violations(browser, script):
    """A line for each rule that the page breaks."""
    browser.run(script + "\n;return typeof axe")
    found = browser.wait_for("""
        const done = arguments[arguments.length - 1];
        axe.run(document, {resultTypes: ['violations']}).then(
            (all) => done(all.violations.map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 160), one.nodes[0].failureSummary])),
            (why) => done([['axe failed', 1, String(why), '']]));
    """)
    return [f"axe {rule}: {count} times, first {json.dumps(html)} {' '.join(why.split())[:240]}" for rule, count, html, why in found]
