"""A headless Chromium that is driven over WebDriver, with Python's standard library alone: loopback, a free port, gone at the end."""

import base64
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "ArrowLeft": "\ue012", "ArrowUp": "\ue013",
        "ArrowRight": "\ue014", "ArrowDown": "\ue015", "End": "\ue010", "Home": "\ue011", "Space": " "}


def found():
    """The browser and its driver, or None and the sentence that says what lacks."""
    driver = shutil.which("chromedriver")
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if driver and browser:
        return driver, browser
    return None


class Browser:
    """One window. Use it in a `with`."""

    def __init__(self, driver, browser):
        self.profile = tempfile.mkdtemp(prefix="poolbench-browser-")
        # A session of its own, so that whatever it starts ends with it.
        self.process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, start_new_session=True)
        self.session = None
        try:
            self._connect(browser)
        except BaseException:
            self.close()
            raise

    def _connect(self, browser):
        said = []
        for line in self.process.stdout:
            said.append(line)
            port = re.search(r"started successfully on port (\d+)", line)
            if port:
                break
        else:
            raise RuntimeError("chromedriver said no port: " + "".join(said))
        self.wire = http.client.HTTPConnection("127.0.0.1", int(port.group(1)), timeout=120)
        flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--force-device-scale-factor=1", f"--user-data-dir={self.profile}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        wanted = {"browserName": "chrome", "pageLoadStrategy": "normal", "timeouts": {"script": 120000},
                  "goog:chromeOptions": {"binary": browser, "args": flags}}
        self.session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        # What the page's policy stops, and what goes wrong in it, from its first line on.
        self.devtools("Page.addScriptToEvaluateOnNewDocument", source="""
            window.seen = [];
            addEventListener('securitypolicyviolation', (e) => seen.push('policy: ' + e.effectiveDirective + ' ' + e.blockedURI));
            addEventListener('error', (e) => seen.push('error: ' + e.message));
        """)

    def _ask(self, method, path, body=None):
        self.wire.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        value = json.loads(self.wire.getresponse().read())["value"]
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{path}: {value['error']}: {value['message'][:400]}")
        return value

    def _of(self, method, path, body=None):
        return self._ask(method, f"/session/{self.session}{path}", body)

    def open(self, path):
        self._of("POST", "/url", {"url": "file://" + os.path.abspath(path)})

    def run(self, script, *arguments):
        """The value that a script returns."""
        return self._of("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def wait_for(self, script, *arguments):
        """What a script hands to the last of its arguments."""
        return self._of("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def devtools(self, command, **parameters):
        return self._of("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def press(self, *keys):
        """Keys one after another, in what has the focus."""
        actions = []
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self._of("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def look(self, width, height=800, dark=False, media="screen"):
        """A window of this size, with a reader that prefers light or dark."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = "dark" if dark else "light"
        self.devtools("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, path, whole=False):
        """Saves what can be seen, or all of the page."""
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **(self._all() if whole else {}))
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def _all(self):
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000), "scale": 1}}

    def close(self):
        if self.session:
            try:
                self._of("DELETE", "")
            except (OSError, RuntimeError, http.client.HTTPException):
                pass
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
