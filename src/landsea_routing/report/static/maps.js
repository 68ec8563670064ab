"use strict";
// What maps share, whether drawn as SVG or on a canvas: layers, zoom, and a tooltip.
// Text reaches the document by textContent only.
const maps = (() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);

  const tell = (event, text) => {
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
    const below = event.clientY + 16 + tip.offsetHeight < window.innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? event.clientY + 16 : event.clientY - tip.offsetHeight - 10}px`;
  };

  const threeDigits = (value) => Number(value.toPrecision(3));
  const withUnit = (t, unit) => {
    const size = Math.abs(threeDigits(t));
    const [factor, prefix] = size >= 1e9 ? [1e9, "G"] : size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
    return `${Number((threeDigits(t) / factor).toPrecision(3))} ${prefix}${unit}`;
  };

  // Numbers of a layer by line: packed, or of those lines alone that have one.
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  const dense = (values, rows, n) => {
    if (typeof values === "string") return new Float32Array(bytes(values));
    const all = new Float64Array(n);
    rows.forEach((row, i) => { all[row] = values[i]; });
    return all;
  };

  // What is shown of a figure's layers: one, its difference to the first, or the bare network.
  const layersOf = (figure, changed) => {
    const name = figure.dataset.map || figure.dataset.canvas;
    const data = JSON.parse(document.getElementById(`${name}-data`).textContent);
    const shown = { data };
    const load = () => {
      shown.flows = data.layers.map((layer) => dense(layer.t, layer.rows, data.n_lines));
      shown.allWays = data.layers.map((layer) => (layer.ways || []).map((way) => dense(way, layer.rows, data.n_lines)));
      shown.before = shown.after = shown.values = shown.flows[0];
      shown.largest = data.largest;
    };
    const controls = figure.querySelector(".controls");
    const chosen = (slider, network) => {
      if (!controls) return data.difference ? "1" : "0";
      if (network && network.checked) return "none";
      return slider ? slider.value : controls.querySelector("input[type=radio]:checked").value;
    };

    const choose = () => {
      const find = (what) => controls && controls.querySelector(what);
      const slider = find("input[type=range]"), change = find("[data-show=difference]"), network = find("[data-show=network]");
      const value = chosen(slider, network), bare = value === "none", index = bare ? 0 : Number(value);
      if (slider) {
        const name = data.layers[slider.valueAsNumber].name;
        controls.querySelector("output").textContent = name;
        slider.setAttribute("aria-valuetext", name);
        slider.disabled = bare;
      }
      if (change) change.disabled = bare || index === 0;
      const compare = !bare && (data.difference || (Boolean(change) && change.checked && !change.disabled));
      shown.before = shown.flows[0];
      shown.after = shown.flows[index];
      shown.ways = shown.allWays[index];
      shown.mode = bare ? "network" : compare ? "difference" : controls ? "flow" : data.rest;
      shown.values = compare ? shown.after.map((t, i) => t - shown.before[i]) : shown.after;
      shown.largest = compare ? data.largest_change : data.largest;
      figure.querySelector(".layer-note").textContent = bare || !(controls || data.difference) ? "" : data.layers[index].note;
      figure.querySelectorAll(".key").forEach((key) => { key.hidden = !key.dataset.views.split(" ").includes(shown.mode); });
      changed();
    };

    load();
    if (controls) {
      controls.hidden = false;
      controls.addEventListener("input", choose);
    }
    // A page that is alive gives the map new flows, and a legend for them, without drawing it anew.
    figure.addEventListener("layers", (event) => {
      Object.assign(data, event.detail);
      load();
      choose();
    });
    shown.start = choose;

    shown.describe = (text, row) => {
      if (shown.mode === "network" || !data.largest) return text;
      const flow = shown.values[row], difference = shown.mode === "difference";
      if (!flow) return `${text}\n${difference ? "no change" : "no flow"}`;
      const amount = (t) => withUnit(t, data.unit);
      const [there, back] = shown.ways.map((way) => amount(way[row]));
      if (!difference) return `${text}\n${amount(flow)}${there ? `\n→ ${there}, ← ${back}` : ""}`;
      return `${text}\n${flow > 0 ? "+" : ""}${amount(flow)}\n${amount(shown.before[row])} → ${amount(shown.after[row])}`;
    };
    return shown;
  };

  // Which part of a picture is seen; wheel, fingers and buttons change it, and `look` is told.
  const viewOf = (figure, picture, [width, height], strongest, { look, point, leave }) => {
    const view = { x: 0, y: 0, zoom: 1 };
    const seen = () => {
      view.x = Math.min(Math.max(view.x, 0), width - width / view.zoom);
      view.y = Math.min(Math.max(view.y, 0), height - height / view.zoom);
      picture.classList.toggle("zoomed", view.zoom > 1);
      look();
    };
    view.scale = () => picture.clientWidth * view.zoom / width || 1;
    view.strokeScale = () => Math.min(1, Math.max(0.5, picture.clientWidth / 900));
    view.place = (event) => {
      const frame = picture.getBoundingClientRect();
      return [
        view.x + (event.clientX - frame.left) / frame.width * width / view.zoom,
        view.y + (event.clientY - frame.top) / frame.height * height / view.zoom,
      ];
    };
    const zoomTo = (zoom, x, y) => {
      const next = Math.min(Math.max(zoom, 1), strongest);
      view.x = x - (x - view.x) * view.zoom / next;
      view.y = y - (y - view.y) * view.zoom / next;
      view.zoom = next;
      seen();
    };

    let dragged = null;
    picture.addEventListener("pointerdown", (event) => {
      point(event);
      if (view.zoom === 1) return;
      dragged = view.place(event);
      picture.setPointerCapture(event.pointerId);
      picture.classList.add("dragging");
    });
    picture.addEventListener("pointermove", (event) => {
      if (!dragged) { point(event); return; }
      const [x, y] = view.place(event);
      view.x += dragged[0] - x;
      view.y += dragged[1] - y;
      seen();
    });
    const release = () => { dragged = null; picture.classList.remove("dragging"); };
    picture.addEventListener("pointerup", release);
    picture.addEventListener("pointercancel", release);
    const forget = () => { tip.hidden = true; leave(); };
    // A finger leaves as soon as it has tapped: what it pointed at stays until it taps elsewhere or scrolls.
    picture.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") forget(); });
    document.addEventListener("pointerdown", (event) => { if (!picture.contains(event.target)) forget(); });
    document.addEventListener("scroll", forget, { passive: true });
    picture.addEventListener("dblclick", (event) => zoomTo(view.zoom * 2, ...view.place(event)));
    picture.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomTo(view.zoom * Math.exp(-event.deltaY / 300), ...view.place(event));
    }, { passive: false });

    const middle = () => [view.x + width / view.zoom / 2, view.y + height / view.zoom / 2];
    const zooms = { in: () => zoomTo(view.zoom * 1.6, ...middle()), out: () => zoomTo(view.zoom / 1.6, ...middle()), all: () => zoomTo(1, 0, 0) };
    figure.querySelector(".zoom").hidden = false;
    figure.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", zooms[button.dataset.zoom]));
    return view;
  };

  return { bytes, layersOf, tell, viewOf };
})();
