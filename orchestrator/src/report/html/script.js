// Picks pools out in all pictures, switches their scale, and says the value under the pointer or the focus.
// The page is whole without it.
(() => {
  "use strict";
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const panels = all(".panels");
  const seen = (one) => one.getClientRects().length > 0;

  // Pools.
  const picked = new Set();
  const buttons = all(".pick button");
  const show = () => {
    for (const panel of panels) {
      let any = false;
      for (const one of all("[data-pool]", panel)) {
        const is = picked.has(one.dataset.pool);
        one.classList.toggle("picked", is);
        any ||= is;
      }
      panel.classList.toggle("picking", any);
    }
    for (const one of buttons) {
      if (one.dataset.pool !== undefined) one.setAttribute("aria-pressed", picked.has(one.dataset.pool));
    }
  };
  const pick = (pool) => {
    if (pool === undefined) picked.clear();
    else if (!picked.delete(pool)) picked.add(pool);
    show();
  };
  for (const [at, button] of buttons.entries()) {
    // One stop of the tab key, and the arrows from there.
    button.tabIndex = at === 0 ? 0 : -1;
    button.addEventListener("click", () => pick(button.dataset.pool));
    button.addEventListener("keydown", (event) => {
      const last = buttons.length - 1;
      const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = buttons[Math.min(Math.max(to, 0), last)];
      button.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }

  // Scale: `default` is each picture's own.
  for (const choice of all("input[name=scale]")) {
    choice.addEventListener("change", () => {
      for (const panel of panels) {
        panel.classList.toggle("show-log", choice.value === "log");
        panel.classList.toggle("show-linear", choice.value === "linear");
      }
      for (const panel of panels) reach(panel);
    });
  }

  // Values.
  const say = (mark) => {
    const output = mark.closest("figure")?.querySelector("output");
    const title = mark.querySelector("title");
    if (output && title) output.textContent = title.textContent;
  };
  const marks = (svg) => all(".mark", svg).filter(seen);
  // The first mark of each drawing can be reached by the tab key.
  const reach = (panel) => {
    for (const svg of all("svg", panel)) {
      for (const one of all(".mark[tabindex]", svg)) one.removeAttribute("tabindex");
      marks(svg)[0]?.setAttribute("tabindex", "0");
    }
  };
  const nearest = (from, those) => {
    const at = (one) => one.getBoundingClientRect().x;
    return those.reduce((best, one) => (!best || Math.abs(at(one) - at(from)) < Math.abs(at(best) - at(from)) ? one : best), null);
  };
  const along = (mark, list, step) => {
    const own = list.filter((one) => one.dataset.pool === mark.dataset.pool);
    return own[own.indexOf(mark) + step];
  };
  const across = (mark, list, step) => {
    const pools = [...new Set(list.map((one) => one.dataset.pool))];
    const pool = pools[pools.indexOf(mark.dataset.pool) + step];
    return nearest(mark, list.filter((one) => one.dataset.pool === pool));
  };
  for (const panel of panels) {
    reach(panel);
    panel.addEventListener("pointerover", (event) => {
      const mark = event.target.closest(".mark");
      if (mark) say(mark);
    });
    panel.addEventListener("focusin", (event) => {
      const mark = event.target.closest(".mark");
      if (mark) say(mark);
    });
    panel.addEventListener("click", (event) => {
      const pool = event.target.closest("[data-pool]")?.dataset.pool;
      if (pool !== undefined) pick(pool);
    });
    panel.addEventListener("keydown", (event) => {
      const mark = event.target.closest(".mark");
      if (!mark) return;
      const list = marks(mark.ownerSVGElement);
      const step = {
        ArrowRight: () => along(mark, list, 1),
        ArrowLeft: () => along(mark, list, -1),
        ArrowDown: () => across(mark, list, 1),
        ArrowUp: () => across(mark, list, -1),
      }[event.key];
      if (step) {
        event.preventDefault();
        const next = step();
        if (!next) return;
        mark.removeAttribute("tabindex");
        next.setAttribute("tabindex", "0");
        next.focus();
      } else if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick(mark.dataset.pool);
      }
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") pick(undefined);
  });
  // Another width may show other drawings.
  addEventListener("resize", () => panels.forEach(reach));
  for (const one of all(".controls[hidden]")) one.hidden = false;
})();
