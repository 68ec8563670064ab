"use strict";
// Maps of the page: layers, zoom, and a tooltip. Text reaches the document by textContent only.
(() => {
  const STRONGEST_ZOOM = 8;
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);

  const threeDigits = (value) => Number(value.toPrecision(3));
  const withUnit = (t, unit) => {
    const size = Math.abs(threeDigits(t));
    const [factor, prefix] = size >= 1e9 ? [1e9, "G"] : size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
    return `${Number((threeDigits(t) / factor).toPrecision(3))} ${prefix}${unit}`;
  };

  const dense = (layer, count) => {
    const flow = new Float64Array(count);
    layer.rows.forEach((row, i) => { flow[row] = layer.t[i]; });
    return flow;
  };

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
    let data = JSON.parse(document.getElementById(`${figure.dataset.map}-data`).textContent);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const lines = [...svg.querySelectorAll(".lines > .ln")];
    const rows = lines.map((line) => Number(line.dataset.line));
    const toFlows = () => data.layers.map((layer) => dense(layer, Math.max(0, ...rows, ...data.layers.flatMap((l) => l.rows)) + 1));
    let flows = toFlows();
    const hints = new Map();
    const shown = { values: flows[0], before: flows[0], after: flows[0], mode: "flow", largest: data.largest };
    const view = { x: 0, y: 0, zoom: 1 };

    svg.setAttribute("aria-label", takeTitle(svg));
    svg.removeAttribute("aria-labelledby");
    lines.forEach((line) => {
      // The picture wrote the flow of its layer behind the label; the tooltip writes its own.
      const text = takeTitle(line);
      hints.set(line, ["on", "gain", "loss"].some((kind) => line.classList.contains(kind)) ? text.slice(0, text.lastIndexOf(": ")) : text);
    });
    svg.querySelectorAll(".pt, .tracks > g").forEach((mark) => hints.set(mark, takeTitle(mark)));

    const strokeScale = () => Math.min(1, Math.max(0.5, svg.clientWidth / 900));

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
      const px = Math.max(1.4, data.widest_px * Math.abs(flow) / shown.largest) * strokeScale();
      line.classList.add(kind);
      line.setAttribute("stroke-width", px.toFixed(2));
      if (core) core.setAttribute("stroke-width", (px * data.core_share).toFixed(2));
    };

    const paint = () => {
      svg.classList.remove("show-flow", "show-difference", "show-network");
      svg.classList.add(`show-${shown.mode}`);
      lines.forEach((line, i) => paintLine(line, rows[i]));
      const size = (i) => (shown.mode === "network" ? 0 : Math.abs(shown.values[rows[i]]));
      const order = lines.map((_, i) => i).sort((a, b) => (size(a) > 0) - (size(b) > 0) || size(b) - size(a));
      svg.querySelector(".lines").append(...order.map((i) => lines[i]));
      figure.querySelectorAll(".key").forEach((key) => {
        key.hidden = !key.dataset.views.split(" ").includes(shown.mode);
      });
      figure.querySelectorAll(".legend [data-flow] .ln").forEach((sample) => {
        sample.dataset.px ??= sample.getAttribute("stroke-width");
        sample.setAttribute("stroke-width", sample.dataset.px * strokeScale());
      });
    };

    const look = () => {
      view.x = Math.min(Math.max(view.x, 0), width - width / view.zoom);
      view.y = Math.min(Math.max(view.y, 0), height - height / view.zoom);
      svg.setAttribute("viewBox", `${view.x} ${view.y} ${width / view.zoom} ${height / view.zoom}`);
      svg.classList.toggle("zoomed", view.zoom > 1);
      const scale = svg.clientWidth * view.zoom / width || 1;
      svg.style.setProperty("--k", 1 / scale);
      svg.style.setProperty("--s", strokeScale());
      svg.querySelectorAll(".pt text").forEach((text) => {
        text.classList.toggle("off", Number(text.dataset.scale) > scale * 1.08);
      });
    };

    const zoomTo = (zoom, x, y) => {
      const next = Math.min(Math.max(zoom, 1), STRONGEST_ZOOM);
      view.x = x - (x - view.x) * view.zoom / next;
      view.y = y - (y - view.y) * view.zoom / next;
      view.zoom = next;
      look();
    };

    const place = (event) => {
      const frame = svg.getBoundingClientRect();
      return [
        view.x + (event.clientX - frame.left) / frame.width * width / view.zoom,
        view.y + (event.clientY - frame.top) / frame.height * height / view.zoom,
      ];
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

    const describe = (mark) => {
      const text = hints.get(mark) || "";
      if (!mark.dataset.line || shown.mode === "network" || !data.largest) return text;
      const flow = shown.values[Number(mark.dataset.line)];
      const sign = shown.mode === "difference" && flow > 0 ? "+" : "";
      const row = Number(mark.dataset.line);
      const ends = shown.mode === "difference" && flow ? `\n${withUnit(shown.before[row], data.unit)} → ${withUnit(shown.after[row], data.unit)}` : "";
      return `${text}\n${flow ? sign + withUnit(flow, data.unit) : shown.mode === "difference" ? "no change" : "no flow"}${ends}`;
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
      tip.hidden = !mark;
      if (!mark) return;
      tip.textContent = describe(mark);
      const left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
      const below = event.clientY + 16 + tip.offsetHeight < window.innerHeight;
      tip.style.left = `${Math.max(8, left)}px`;
      tip.style.top = `${below ? event.clientY + 16 : event.clientY - tip.offsetHeight - 10}px`;
    };

    let dragged = null;
    svg.addEventListener("pointerdown", (event) => {
      point(event);
      if (view.zoom === 1) return;
      dragged = place(event);
      svg.setPointerCapture(event.pointerId);
      svg.classList.add("dragging");
    });
    svg.addEventListener("pointermove", (event) => {
      if (!dragged) { point(event); return; }
      const [x, y] = place(event);
      view.x += dragged[0] - x;
      view.y += dragged[1] - y;
      look();
    });
    const release = () => { dragged = null; svg.classList.remove("dragging"); };
    svg.addEventListener("pointerup", release);
    svg.addEventListener("pointercancel", release);
    svg.addEventListener("pointerleave", () => { tip.hidden = true; light(null); });
    svg.addEventListener("dblclick", (event) => zoomTo(view.zoom * 2, ...place(event)));
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomTo(view.zoom * Math.exp(-event.deltaY / 300), ...place(event));
    }, { passive: false });

    const middle = () => [view.x + width / view.zoom / 2, view.y + height / view.zoom / 2];
    const zooms = { in: () => zoomTo(view.zoom * 1.6, ...middle()), out: () => zoomTo(view.zoom / 1.6, ...middle()), all: () => zoomTo(1, 0, 0) };
    figure.querySelector(".zoom").hidden = false;
    figure.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", zooms[button.dataset.zoom]));

    const controls = figure.querySelector(".controls");
    const choose = () => {
      const slider = controls && controls.querySelector("input[type=range]");
      const change = controls && controls.querySelector("[data-show=difference]");
      const network = controls && controls.querySelector("[data-show=network]");
      const bare = Boolean(network) && network.checked;
      const value = !controls ? "1" : bare ? "none" : slider ? slider.value : controls.querySelector("input[type=radio]:checked").value;
      const index = Number(value);
      if (slider) {
        const name = data.layers[slider.valueAsNumber].name;
        controls.querySelector("output").textContent = name;
        slider.setAttribute("aria-valuetext", name);
        slider.disabled = bare;
      }
      if (change) change.disabled = value === "none" || index === 0;
      const compare = data.difference || (Boolean(change) && change.checked && !change.disabled);
      shown.before = flows[0];
      shown.after = flows[index] || flows[0];
      shown.mode = value === "none" ? "network" : compare ? "difference" : "flow";
      shown.values = value === "none" ? flows[0] : compare ? flows[index].map((t, i) => t - flows[0][i]) : flows[index];
      shown.largest = compare ? data.largest_change : data.largest;
      figure.querySelector(".layer-note").textContent = value === "none" ? "" : data.layers[index].note;
      paint();
    };
    if (controls) {
      controls.hidden = false;
      controls.addEventListener("input", choose);
      choose();
    } else if (data.difference) {
      choose();
    } else {
      shown.mode = data.rest;
      paint();
    }
    // A page that is alive gives the map new flows, and a legend for them, without drawing it anew.
    figure.addEventListener("layers", (event) => {
      data = { ...data, ...event.detail };
      flows = toFlows();
      if (controls || data.difference) choose();
    });
    new ResizeObserver(() => { look(); paint(); }).observe(svg);
    look();
  };

  document.querySelectorAll("figure[data-map]").forEach(setUp);
})();
