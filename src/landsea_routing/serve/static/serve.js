// The controls: what is ticked and moved is asked of the server, and the newest answer is shown. Text from
// the network reaches the document by textContent, or as markup that the server has escaped.
(() => {
  const WAIT_MS = 60, CALM_MS = 600, AGAIN_MS = 3000, PHONE = 600, TURNED_MOST = 4;
  const GONE = "The server does not answer. Start it again with landsea serve, and this page goes on by itself.";
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("desk-data").textContent);
  const form = at("controls");
  const figure = document.querySelector("figure[data-map]");
  const demand = at("demand");
  const ticks = [...form.querySelectorAll("input[name=scenario]")];
  const indexOf = new Map(data.sliders.map((slider, i) => [slider.lever, i]));
  const rows = new Map();
  const moved = new Map();
  let answer = data.answer;

  const plain = (value) => Number(value.toPrecision(6));
  const words = (value) => value.toLocaleString("en", { maximumSignificantDigits: 3 });
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const standsAt = (i) => {
    if (moved.has(i)) return moved.get(i);
    return i in answer.stands ? answer.stands[i] : data.sliders[i].value;
  };

  const useOf = (i) => {
    const slider = data.sliders[i], use = answer.used[i];
    if (standsAt(i) === null) return "";
    if (slider.kind === "hours") return use ? `${words(use[0])} Mt/yr cross` : "nothing crosses";
    if (!use) return "not used";
    return use[1] >= 1 ? "full" : `${words(use[0])} ${slider.unit} used, ${Math.round(100 * use[1])} %`;
  };

  const fill = (i) => {
    const row = rows.get(i), value = standsAt(i);
    if (value > Number(row.range.max)) row.range.max = plain(1.5 * value);
    else if (!moved.has(i) && value <= data.sliders[i].most) row.range.max = data.sliders[i].most;
    row.range.value = value === null ? row.range.max : value;
    if (document.activeElement !== row.number) row.number.value = value === null ? "" : plain(value);
    row.number.placeholder = value === null ? "no limit" : "";
    row.range.setAttribute("aria-valuetext", value === null ? "no limit" : `${plain(value)} ${data.sliders[i].unit}`);
    row.use.textContent = useOf(i);
    row.use.classList.toggle("full", row.use.textContent === "full");
    row.undo.hidden = !moved.has(i);
    row.box.classList.toggle("moved", moved.has(i));
  };

  const move = (i, value) => {
    moved.set(i, value);
    fill(i);
    later();
  };

  const addSlider = (i, first = false) => {
    if (rows.has(i)) return rows.get(i);
    const slider = data.sliders[i], id = `slider-${i}`;
    const step = 10 ** Math.floor(Math.log10(slider.most / 50));
    const range = make("input", { type: "range", id, min: 0, max: slider.most, step });
    const number = make("input", { type: "number", min: 0, step: "any", inputMode: "decimal" });
    number.setAttribute("aria-label", `${slider.label}, ${slider.unit}`);
    const undo = make("button", { type: "button", className: "undo", textContent: "↺", title: "Put back" });
    undo.setAttribute("aria-label", `Put back ${slider.label}`);
    const use = make("p", { className: "use", id: `${id}-use` });
    range.setAttribute("aria-describedby", use.id);
    const box = make("div", { className: "slider" },
      make("div", { className: "head" }, make("label", { htmlFor: id, textContent: slider.label }), undo),
      make("div", { className: "set" }, range, number, make("span", { className: "unit", textContent: slider.unit })),
      use);
    range.addEventListener("input", () => move(i, range.valueAsNumber));
    number.addEventListener("input", () => { if (!Number.isNaN(number.valueAsNumber)) move(i, number.valueAsNumber); });
    number.addEventListener("blur", () => fill(i));
    undo.addEventListener("click", () => { moved.delete(i); fill(i); range.focus(); later(); });
    form.querySelector(`[data-kind=${slider.kind}] .sliders`)[first ? "prepend" : "append"](box);
    rows.set(i, { box, range, number, undo, use });
    fill(i);
    return rows.get(i);
  };

  const controls = () => ({
    scenarios: ticks.filter((tick) => tick.checked).map((tick) => tick.value),
    levers: Object.fromEntries([...moved].map(([i, value]) => [data.sliders[i].lever, Math.min(value * data.sliders[i].factor, Number.MAX_VALUE)])),
    demand: demand ? JSON.parse(demand.value) : null,
  });

  const put = (id, markup) => { at(id).innerHTML = markup; };

  // The first change shows the difference on the map; after that the reader's own choice stands.
  const layer = figure.querySelector(".controls");
  let chosen = !layer;
  const showLayer = (index, difference) => {
    const radio = layer.querySelector(`input[value="${index}"]`), box = layer.querySelector("[data-show=difference]");
    radio.checked = true;
    box.checked = difference;
    layer.dispatchEvent(new Event("input"));
  };
  if (layer) layer.addEventListener("input", (event) => { chosen ||= event.isTrusted; });

  const show = (found) => {
    answer = found;
    at("words").textContent = found.words;
    const proof = found.status === "optimal" ? "Proved to be the least cost" : `Not proved (${found.status})`;
    at("state").textContent = `${proof}${found.ms === undefined ? "" : `; found in ${(found.ms / 1000).toFixed(2)} s`}.`;
    put("waterfall", found.waterfall);
    at("why").hidden = !found.waterfall;
    put("totals", found.totals);
    put("crossings", found.crossings);
    figure.querySelector("figcaption").outerHTML = found.legend;
    figure.dispatchEvent(new CustomEvent("layers", { detail: found.map }));
    if (!chosen) showLayer(1, found.map.largest_change > 0);
    rows.forEach((_, i) => fill(i));
  };

  const showDetails = (found) => {
    put("limits", found.limits);
    put("moves", found.moves);
    at("moved").hidden = !found.moves;
    at("moved").classList.remove("old");
    at("binding").classList.remove("old");
  };

  const tell = (text) => {
    at("error").textContent = text;
    at("error").hidden = !text;
  };

  // What is shown below is then still the answer to another question, and must not pass for this one's.
  const fail = (text) => {
    tell(text);
    at("words").textContent = "No answer to this case.";
    at("state").textContent = "";
    document.body.classList.add("failed");
  };

  const post = async (path, body, signal) => {
    const reply = await fetch(path, { method: "POST", body, signal, headers: { "Content-Type": "application/json" } });
    const found = await reply.json().catch(() => ({ error: "The server failed; its terminal says why." }));
    if (!reply.ok) throw new Error(found.error);
    return found;
  };

  const reason = (error) => (error instanceof TypeError ? GONE : error.message);

  const setBusy = (now) => {
    busy = now;
    document.body.classList.toggle("busy", now);
    at("results").setAttribute("aria-busy", now);
  };

  // One question at a time, always the newest: what was outdated while waiting is never asked.
  const base = JSON.stringify(controls());
  let shown = base, busy = false, timer = 0, calm = 0, again = 0, detail = null, notice = "";
  const ask = async () => {
    if (busy) return;
    clearTimeout(again);
    const wanted = JSON.stringify(controls());
    if (wanted === shown) { settle(wanted); return; }
    setBusy(true);
    shown = wanted;
    try {
      const found = await post("answer", wanted);
      if (found.edition !== data.answer.edition) { keep(wanted); location.reload(); return; }
      document.body.classList.remove("failed");
      show(found);
      tell(notice);
    } catch (error) {
      fail(reason(error));
      if (error instanceof TypeError) { shown = ""; again = setTimeout(ask, AGAIN_MS); }
    }
    setBusy(false);
    if (shown) ask();
  };

  const keep = (wanted) => {
    history.replaceState(null, "", wanted === base ? location.pathname : `#${encodeURIComponent(wanted)}`);
  };

  const settle = (wanted) => {
    keep(wanted);
    clearTimeout(calm);
    if (document.body.classList.contains("failed")) return;
    tell(notice);
    calm = setTimeout(async () => {
      detail = new AbortController();
      try {
        showDetails(await post("details", wanted, detail.signal));
      } catch (error) {
        if (error.name === "AbortError") return;
        at("limits").textContent = reason(error);
        showDetails({ limits: at("limits").innerHTML, moves: "" });
      }
    }, CALM_MS);
  };

  const later = () => {
    notice = "";
    clearTimeout(calm);
    if (detail) detail.abort();
    at("moved").classList.add("old");
    at("binding").classList.add("old");
    timer ||= setTimeout(() => { timer = 0; ask(); }, WAIT_MS);
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  ticks.forEach((tick) => tick.addEventListener("change", () => {
    if (tick.checked) data.turned[tick.value].slice(0, TURNED_MOST).reverse().forEach((i) => addSlider(i, true));
    later();
  }));
  if (demand) demand.addEventListener("change", later);
  const reset = () => {
    ticks.forEach((tick) => { tick.checked = false; });
    moved.clear();
    if (demand) demand.value = "null";
    rows.forEach((_, i) => fill(i));
    later();
  };
  at("reset").addEventListener("click", reset);

  const find = at("find");
  if (find) find.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    ticks.forEach((tick) => {
      const label = tick.closest("label");
      label.hidden = !tick.checked && !label.textContent.toLowerCase().includes(wanted);
    });
  });

  form.querySelectorAll("[data-kind]").forEach((group) => {
    const kind = group.dataset.kind, field = group.querySelector(".add input");
    const known = new Map(data.sliders.flatMap((slider, i) => (slider.kind === kind ? [[slider.label, i]] : [])));
    const list = group.querySelector("datalist");
    field.addEventListener("focus", () => {
      if (!list.children.length) list.append(...[...known.keys()].map((value) => make("option", { value })));
    });
    field.addEventListener("input", () => field.setCustomValidity(""));
    field.addEventListener("change", () => {
      const text = field.value.trim().toLowerCase();
      const like = [...known.keys()].filter((label) => label.toLowerCase().includes(text));
      const i = known.get(field.value) ?? (like.length === 1 ? known.get(like[0]) : undefined);
      if (text && i === undefined) {
        field.setCustomValidity(like.length ? `${like.length} are called so; choose one of the list.` : "None is called so; choose one of the list.");
        field.reportValidity();
      }
      if (!text || i === undefined) return;
      field.value = "";
      addSlider(i).range.focus();
    });
  });

  // A case is kept in the address, so that it can be reloaded and bookmarked. What it names and is not here,
  // as in another edition of the network, is told.
  const recall = () => {
    if (location.hash.length < 2) return;
    const lost = [];
    try {
      const kept = JSON.parse(decodeURIComponent(location.hash.slice(1)));
      const wanted = new Set(kept.scenarios);
      ticks.forEach((tick) => { tick.checked = wanted.delete(tick.value); });
      lost.push(...wanted);
      if (demand) demand.value = JSON.stringify(kept.demand ?? null);
      if (demand ? demand.selectedIndex < 0 : kept.demand) lost.push(`demand ${kept.demand}`);
      if (demand && demand.selectedIndex < 0) demand.value = "null";
      Object.entries(kept.levers).forEach(([lever, value]) => {
        const i = indexOf.get(lever);
        if (i === undefined || !Number.isFinite(value)) { lost.push(lever); return; }
        moved.set(i, value / data.sliders[i].factor);
        addSlider(i);
      });
    } catch {
      lost.push("what cannot be read");
    }
    if (lost.length) notice = `Left out of the address, as it is not known here: ${lost.join(", ")}.`;
    tell(notice);
  };

  window.addEventListener("hashchange", () => {
    reset();
    recall();
    rows.forEach((_, i) => fill(i));
  });

  if (window.innerWidth <= PHONE) form.querySelectorAll("details").forEach((part, i) => { part.open = i === 0; });
  recall();
  data.first.forEach((i) => addSlider(i));
  show(answer);
  ask();
})();
