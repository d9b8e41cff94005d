"""Drives the page of `poolbench report` in a real browser: what it shows, what its keys do, and that nothing overlaps or runs.

    check.py POOLBENCH [--shots FOLDER] [--run DIR]

Where there is no browser it says so and ends with 0. With --run the page of that run is looked at too."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import axe
import runs
from driver import Browser, found

WIDTHS = (360, 768, 1280)
GEOMETRY = (Path(__file__).parent / "geometry.js").read_text()
MARKUP = "<img src=x onerror=hacked()><script>hacked()</script><svg onload=hacked()>"


class Checks:
    """What was found wrong, and where pictures of it go."""

    def __init__(self, shots):
        self.wrong, self.made, self.shots = [], 0, shots

    def that(self, is_right, what):
        self.made += 1
        if not is_right:
            self.wrong.append(what)
            print("WRONG", what)

    def none(self, found, where):
        self.that(not found, f"{where}: " + "; ".join(map(str, found)))

    def shoot(self, browser, name, whole=False):
        if self.shots:
            self.shots.mkdir(parents=True, exist_ok=True)
            browser.picture(self.shots / f"{name}.png", whole)


def geometry(checks, browser, name):
    """Every kind of picture, three widths, light and dark, each scale."""
    for width in WIDTHS:
        for dark in (False, True):
            where = f"{name} {width}{' dark' if dark else ''}"
            browser.look(width, dark=dark)
            for scale in browser.run("return [...document.querySelectorAll('input[name=scale]')].map((one) => one.value)") or [""]:
                if scale:
                    browser.run("document.getElementById('scale-' + arguments[0]).click()", scale)
                checks.none(browser.run(GEOMETRY), f"{where} {scale}")
            if browser.run("return !!document.getElementById('scale-default')"):
                browser.run("document.getElementById('scale-default').click()")
            checks.shoot(browser, where.replace(" ", "-"), whole=True)


def first_screen(checks, browser, name):
    """Pool, time, interval and ties can be read at once."""
    browser.look(1280, 800)
    browser.run("scrollTo(0, 0)")
    card = browser.run("""
        const card = [...document.querySelectorAll('.card')].find((one) => one.querySelector('h2').textContent.includes(' compute'));
        return ['.pool', '.time strong', '.interval', '.ties'].map((what) => {
            const one = card?.querySelector(what);
            const box = one?.getBoundingClientRect();
            return one && box.height > 0 && box.top >= 0 && box.bottom <= 800 && box.right <= 1280 ? one.textContent.trim() : null;
        });""")
    checks.that(all(card), f"{name}: the answer is in view: {card}")
    checks.shoot(browser, f"{name}-first-screen")


def colours(checks, browser):
    """What the reader prefers counts until the page is told otherwise, also without a script."""
    paper = "return getComputedStyle(document.body).backgroundColor"
    browser.look(1280)
    light = browser.run(paper)
    browser.look(1280, dark=True)
    dark = browser.run(paper)
    checks.that(light != dark, "dark mode has another paper")
    browser.run("document.getElementById('auto').focus()")
    browser.press("ArrowRight")
    checks.that(browser.run(paper) == light, "the key to the right of `auto` makes it light")
    browser.press("ArrowRight")
    browser.look(1280)
    checks.that(browser.run(paper) == dark, "and the next one dark")
    browser.press("ArrowLeft", "ArrowLeft")
    checks.that(browser.run(paper) == light, "and back")


def scale(checks, browser):
    """The switch shows the one variant and hides the other."""
    count = "return ['log', 'linear'].map((v) => [...document.querySelectorAll('.panels .variant.' + v)].filter((o) => o.getClientRects().length).length)"
    if not browser.run("return !!document.getElementById('scale-log')"):
        return
    browser.run("document.getElementById('scale-default').focus()")
    browser.press("ArrowRight")
    log, linear = browser.run(count)
    checks.that(log > 0 and linear == 0, f"logarithmic: {log} and {linear} variants are seen")
    browser.press("ArrowRight")
    log, linear = browser.run(count)
    checks.that(linear > 0 and log == 0, f"linear: {log} and {linear} variants are seen")
    browser.press("ArrowLeft", "ArrowLeft")


def picking(checks, browser):
    """Pools are picked out by key and by click, and let go again."""
    if not browser.run("return document.querySelectorAll('.pick button[data-pool]').length"):
        return
    state = """const on = [...document.querySelectorAll('.pick [aria-pressed=true]')].map((o) => o.dataset.pool);
        const seen = [...new Set([...document.querySelectorAll('.panels .picked')].map((o) => o.dataset.pool))];
        return [on, seen, document.querySelectorAll('.picking').length]"""
    browser.run("document.querySelector('.pick button').focus()")
    browser.press("Space")
    first = browser.run("return document.querySelector('.pick button').dataset.pool")
    checks.that(browser.run(state)[:2] == [[first], [first]], f"the space bar picks {first} out: {browser.run(state)}")
    browser.press("Escape")
    checks.that(browser.run(state) == [[], [], 0], "Escape lets all go")
    stops = browser.run("return document.querySelectorAll('.pick button[tabindex=\"0\"]').length")
    checks.that(stops == 1, f"the buttons are one stop of the tab key, not {stops}")
    browser.press("ArrowRight")
    checks.that(browser.run("return document.activeElement === document.querySelectorAll('.pick button')[1]"), "arrows go along")
    marked = browser.run("""const mark = [...document.querySelectorAll('.panels .mark')].find((o) => o.getClientRects().length);
        if (!mark) return null;
        mark.ownerSVGElement.querySelector('.mark[tabindex]').focus();
        return mark.closest('figure').querySelector('output').textContent""")
    if marked is None:
        return
    checks.that(len(marked) > 5, f"a focused mark says its value: '{marked}'")
    browser.press("ArrowRight", "Enter")
    checks.that(browser.run(state)[0] != [], "Enter on a mark picks its pool out")
    browser.press("Escape")


def policy(checks, browser):
    """Nothing that is put into the page runs, is fetched or is obeyed."""
    checks.none(browser.run("return window.seen"), "the page's own style and script")
    browser.run("""window.hacked = () => { window.ran = true };
        const script = document.createElement('script'); script.textContent = 'hacked()'; document.head.append(script);
        const box = document.createElement('div'); box.id = 'put'; document.body.append(box);
        box.innerHTML = '<img src=data:, onerror=hacked()><p style=\"position:fixed\" onclick=hacked()>x</p><img src=file:///x.png>';
        box.querySelector('p').click();
        const style = document.createElement('style'); style.textContent = 'body{display:none}'; document.head.append(style);""")
    browser.wait_for("const done = arguments[0]; setTimeout(done, 200)")
    checks.that(not browser.run("return window.ran"), "an injected script does not run")
    checks.that(browser.run("return getComputedStyle(document.body).display") != "none", "an injected style is not obeyed")
    checks.that(browser.run("return getComputedStyle(document.querySelector('#put p')).position") != "fixed", "nor an attribute")
    stopped = {line.split(" ")[1] for line in browser.run("return window.seen") if line.startswith("policy")}
    wanted = {"script-src-elem", "style-src-elem", "style-src-attr", "img-src"}
    checks.that(wanted <= stopped, f"the policy stopped {sorted(stopped)}")


def hostile(checks, browser, poolbench, scratch):
    """Titles, messages and names that are markup do nothing."""
    run, page = scratch / "hostile", scratch / "hostile.html"
    runs.make(poolbench, run, 3)
    plan = (run / "plan.toml").read_text().replace('title = "rayon, made"', f"title = '{MARKUP}'")
    (run / "plan.toml").write_text(plan.replace("left_out = []", f"left_out = ['{MARKUP}']"))
    report(poolbench, run, page)
    browser.open(page)
    browser.wait_for("const done = arguments[0]; setTimeout(done, 200)")
    counts = browser.run("return ['body img', 'script', '[onload], [onerror]'].map((what) => document.querySelectorAll(what).length)")
    checks.that(counts == [0, 1, 0], f"markup in texts makes no elements: {counts}")
    checks.that(browser.run("return document.body.textContent.includes('<img src=x')"), "it is shown as what it is")
    checks.none(browser.run("return window.seen"), "markup in texts")


def report(poolbench, run, page):
    subprocess.run([poolbench, "report", run, "--out", page], check=True, stdout=subprocess.DEVNULL)


def look(checks, browser, script, page, name):
    browser.look(1280)
    browser.open(page)
    first_screen(checks, browser, name)
    colours(checks, browser)
    scale(checks, browser)
    picking(checks, browser)
    geometry(checks, browser, name)
    if script:
        for width, dark in ((1280, False), (1280, True), (360, False)):
            browser.look(width, dark=dark)
            browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            checks.none(axe.violations(browser, script), f"{name} {width}{' dark' if dark else ''}")
    browser.look(794, 1123, media="print")
    checks.shoot(browser, f"{name}-print", whole=True)
    browser.open(page)
    browser.look(1280)
    policy(checks, browser)


def main():
    words = argparse.ArgumentParser()
    words.add_argument("poolbench", type=Path)
    words.add_argument("--shots", type=Path)
    words.add_argument("--run", type=Path)
    asked = words.parse_args()
    names = found()
    if names is None:
        print("the page is not looked at: there is no chromium with its driver; apt-get install chromium chromium-driver")
        return 0
    script, why = axe.source()
    if script is None:
        print(f"axe-core is left out: {why}")
    checks, poolbench = Checks(asked.shots), asked.poolbench.resolve()
    with tempfile.TemporaryDirectory(prefix="poolbench-page-") as folder, Browser(*names) as browser:
        scratch = Path(folder)
        for pools in (1, 5, len(runs.POOLS)):
            run, page = scratch / f"run-{pools}", scratch / f"page-{pools}.html"
            runs.make(poolbench, run, pools)
            report(poolbench, run, page)
            look(checks, browser, script, page, f"{pools}-pools")
        run, page = scratch / "race", scratch / "race.html"
        runs.race(poolbench, run)
        report(poolbench, run, page)
        look(checks, browser, script, page, "race")
        hostile(checks, browser, poolbench, scratch)
        if asked.run:
            report(poolbench, asked.run.resolve(), scratch / "asked.html")
            look(checks, browser, script, scratch / "asked.html", "asked")
    print(f"{checks.made - len(checks.wrong)} of {checks.made} checks hold")
    return 1 if checks.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
