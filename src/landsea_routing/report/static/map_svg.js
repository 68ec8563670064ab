// Maps that are drawn already, as SVG: widths and colours of another layer, and names as they find room.
(() => {
  const STRONGEST_ZOOM = 8;

  // Titles become our own tooltip; left in place, the browser would show a second one.
  const takeTitle = (element) => {
    const title = element.querySelector(":scope > title");
    if (!title) return "";
    const text = title.textContent;
    title.remove();
    return text;
  };

  const setUp = (figure) => {
    const svg = figure.querySelector("svg.map");
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const lines = [...svg.querySelectorAll(".lines > .ln")];
    const rows = lines.map((line) => Number(line.dataset.line));
    const hints = new Map();

    svg.setAttribute("aria-label", takeTitle(svg));
    svg.removeAttribute("aria-labelledby");
    lines.forEach((line) => {
      // The picture wrote the flow of its layer behind the label; the tooltip writes its own.
      const text = takeTitle(line);
      hints.set(line, ["on", "gain", "loss"].some((kind) => line.classList.contains(kind)) ? text.slice(0, text.lastIndexOf(": ")) : text);
    });
    svg.querySelectorAll(".pt, .tracks > g").forEach((mark) => hints.set(mark, takeTitle(mark)));

    const paintLine = (line, row) => {
      const flow = shown.mode === "network" ? 0 : shown.values[row];
      const kind = shown.mode === "difference" ? (flow > 0 ? "gain" : "loss") : "on";
      line.classList.remove("on", "gain", "loss");
      const core = line.querySelector(".in");
      if (!flow) {
        line.removeAttribute("stroke-width");
        if (core) core.removeAttribute("stroke-width");
        return;
      }
      const px = Math.max(1.4, shown.data.widest_px * Math.abs(flow) / shown.largest) * view.strokeScale();
      line.classList.add(kind);
      line.setAttribute("stroke-width", px.toFixed(2));
      if (core) core.setAttribute("stroke-width", (px * shown.data.core_share).toFixed(2));
    };

    const paint = () => {
      svg.classList.remove("show-flow", "show-difference", "show-network");
      svg.classList.add(`show-${shown.mode}`);
      lines.forEach((line, i) => paintLine(line, rows[i]));
      const size = (i) => (shown.mode === "network" ? 0 : Math.abs(shown.values[rows[i]]));
      const order = lines.map((_, i) => i).sort((a, b) => (size(a) > 0) - (size(b) > 0) || size(b) - size(a));
      svg.querySelector(".lines").append(...order.map((i) => lines[i]));
      figure.querySelectorAll(".legend [data-flow] .ln").forEach((sample) => {
        sample.dataset.px ??= sample.getAttribute("stroke-width");
        sample.setAttribute("stroke-width", sample.dataset.px * view.strokeScale());
      });
    };

    const look = () => {
      svg.setAttribute("viewBox", `${view.x} ${view.y} ${width / view.zoom} ${height / view.zoom}`);
      const scale = view.scale();
      svg.style.setProperty("--k", 1 / scale);
      svg.style.setProperty("--s", view.strokeScale());
      svg.querySelectorAll(".pt text").forEach((text) => {
        text.classList.toggle("off", Number(text.dataset.scale) > scale * 1.08);
      });
    };

    // Thin lines are hard to hit: look a few pixels around the pointer too.
    const under = (event) => {
      for (const [dx, dy] of [[0, 0], [3, 0], [-3, 0], [0, 3], [0, -3], [5, 5], [-5, 5], [5, -5], [-5, -5]]) {
        const hit = document.elementFromPoint(event.clientX + dx, event.clientY + dy);
        const mark = hit && svg.contains(hit) ? hit.closest(".pt, .ln, .track") : null;
        if (mark) return mark;
      }
      return null;
    };

    const light = (mark) => {
      const group = mark && mark.dataset.group;
      lines.forEach((line) => {
        line.classList.toggle("hot", Boolean(mark) && (line === mark || (group !== undefined && line.dataset.group === group)));
      });
    };

    const point = (event) => {
      const mark = under(event);
      light(mark);
      const text = (mark && hints.get(mark)) || "";
      maps.tell(event, mark && mark.dataset.line ? shown.describe(text, Number(mark.dataset.line)) : text);
    };

    const view = maps.viewOf(figure, svg, [width, height], STRONGEST_ZOOM, { look, point, leave: () => light(null) });
    const shown = maps.layersOf(figure, paint);
    shown.start();
    new ResizeObserver(() => { look(); paint(); }).observe(svg);
    look();
  };

  document.querySelectorAll("figure[data-map]").forEach(setUp);
})();
