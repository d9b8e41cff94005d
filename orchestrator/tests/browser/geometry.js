// What lies where it must not: texts of one drawing that overlap or leave it, and whatever reaches beyond the page.
const found = [];
const slack = 0.75;
const shown = (one) => one.getClientRects().length > 0;
const name = (one) => one.textContent.trim().slice(0, 40);
for (const svg of document.querySelectorAll(".panels svg")) {
  if (!shown(svg)) continue;
  const of = svg.closest("figure").querySelector("h3").textContent + " / " + (svg.getAttribute("aria-label") || "").slice(0, 60);
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].filter((one) => shown(one) && one.textContent.trim());
  const boxes = texts.map((one) => one.getBoundingClientRect());
  texts.forEach((one, at) => {
    const box = boxes[at];
    if (box.left < frame.left - slack || box.right > frame.right + slack || box.top < frame.top - slack || box.bottom > frame.bottom + slack)
      found.push(`${of}: '${name(one)}' leaves its drawing`);
    for (let other = at + 1; other < texts.length; other++) {
      const that = boxes[other];
      const wide = Math.min(box.right, that.right) - Math.max(box.left, that.left);
      const high = Math.min(box.bottom, that.bottom) - Math.max(box.top, that.top);
      if (wide > slack && high > slack) found.push(`${of}: '${name(one)}' and '${name(texts[other])}' overlap`);
    }
  });
}
const page = document.documentElement;
if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth} wide in a window of ${innerWidth}`);
for (const one of document.body.querySelectorAll("*")) {
  const box = one.getBoundingClientRect();
  if (shown(one) && box.right > innerWidth + slack && !one.closest(".scroll, .panels, .skip"))
    found.push(`${one.tagName.toLowerCase()}.${one.className} '${name(one)}' reaches beyond the page`);
}
return found.slice(0, 20);
