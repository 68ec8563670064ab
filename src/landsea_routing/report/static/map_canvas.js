// Maps of large networks, drawn on a canvas: lines by look and width, places, and what lies under the pointer.
(() => {
  const STRONGEST_ZOOM = 40;
  const CELL = 12;
  const NEAR_PX = 6;
  const SHORTEST_DOT_GAP = 3;
  const DASHES = {
    road: [5, 1.5], sea: [7, 3], inland_water: [9, 3, 2, 3], rail_ferry: [12, 3, 3, 3], planned: [3, 3], closed: [1, 4],
    g1520: [16, 2], g1067: [14, 2, 2, 2, 2, 2],
  };

  const setUp = (figure) => {
    const canvas = figure.querySelector("canvas");
    const pen = canvas.getContext("2d");
    const shown = maps.layersOf(figure, () => { drawn = batches(); soon(); });
    const { data } = shown;
    const [width, height] = data.size;
    const packed = (Kind, text) => new Kind(maps.bytes(text));
    const xy = Float32Array.from(packed(Int32Array, data.xy), (v) => v / data.steps);
    const first = packed(Uint32Array, data.first);
    const rows = packed(Uint32Array, data.row);
    const style = packed(Uint8Array, data.style);
    const label = packed(Uint32Array, data.label);
    const spots = packed(Float32Array, data.places.xy);
    const shapes = packed(Uint8Array, data.places.shape);
    const land = new Path2D(data.land);
    let drawn = [];
    let hot = -1;

    const hues = () => {
      const css = getComputedStyle(document.documentElement);
      const hue = (name) => css.getPropertyValue(name).trim();
      const looks = data.styles.map(([mode, gauge, inner, status]) => ({
        hue: hue(`--${gauge || (mode === "rail" ? "gother" : mode)}`),
        inner: inner ? hue(`--${inner}`) : "",
        dash: DASHES[status] || DASHES[gauge] || DASHES[mode] || [],
        faint: status ? 0.6 : 1,
      }));
      return { looks, hue };
    };

    const trace = (path, piece) => {
      const from = first[piece] * 2, to = first[piece + 1] * 2;
      path.moveTo(xy[from], xy[from + 1]);
      for (let i = from + 2; i < to; i += 2) path.lineTo(xy[i], xy[i + 1]);
    };

    const pathOf = (wanted) => {
      const path = new Path2D();
      rows.forEach((row, piece) => { if (wanted.has(row)) trace(path, piece); });
      return path;
    };

    // Routes: a band each, and over all of them the lines they use, by look.
    const bands = data.tracks.map((track) => ({ ...track, path: pathOf(new Set(track.rows)) }));
    const used = new Set(data.tracks.flatMap((track) => track.rows));
    const ridden = used.size ? data.styles.map((_, which) => pathOf(new Set([...used].filter((row) => style[row] === which)))) : [];

    // Idle lines and the bare network: one path for each look. Flows: one for each look and pixel of width.
    const batches = () => {
      const found = new Map();
      rows.forEach((row, piece) => {
        const flow = shown.mode === "network" ? 0 : shown.values[row];
        const px = flow ? Math.max(1.4, Math.round(2 * data.widest_px * Math.abs(flow) / shown.largest) / 2) : 0;
        const kind = !flow ? "idle" : shown.mode === "flow" ? "on" : flow > 0 ? "gain" : "loss";
        const key = `${px} ${kind} ${style[row]}`;
        if (!found.has(key)) found.set(key, { px, kind, style: style[row], path: new Path2D() });
        trace(found.get(key).path, piece);
      });
      return [...found.values()].sort((a, b) => (a.px > 0) - (b.px > 0) || b.px - a.px);
    };

    const strokeLine = (path, colour, wide, scale, look, inner) => {
      pen.strokeStyle = colour;
      pen.lineWidth = wide / scale;
      pen.setLineDash(look.dash.map((length) => length / scale));
      pen.stroke(path);
      if (!inner) return;
      pen.strokeStyle = inner;
      pen.lineWidth = wide * 0.4 / scale;
      pen.stroke(path);
    };

    const drawLines = (scale, { looks, hue }) => {
      drawn.forEach(({ px, kind, style: which, path }) => {
        const look = looks[which];
        const thin = data.styles[which][0] === "rail" ? 0.9 : 0.6;
        const wide = (px || (shown.mode === "network" ? thin * 1.5 : thin)) * view.strokeScale();
        const own = kind === "on" || shown.mode === "network";
        const colour = own ? look.hue : hue(`--${kind}`);
        pen.globalAlpha = look.faint * (px ? 0.88 : 1);
        strokeLine(path, colour, wide, scale, look, own && look.inner);
      });
      pen.setLineDash([]);
      pen.globalAlpha = 1;
    };

    const drawTracks = (scale, { looks, hue }) => {
      pen.lineCap = pen.lineJoin = "round";
      pen.globalAlpha = 0.5;
      bands.forEach(({ look, px, path }) => {
        pen.strokeStyle = hue(`--${look}`);
        pen.lineWidth = px / scale;
        pen.stroke(path);
      });
      pen.lineCap = "butt";
      // A rim, else the band of a route would look like the outer rail of dual-gauge track.
      pen.globalAlpha = 1;
      ridden.forEach((path) => strokeLine(path, hue("--land"), 4, scale, { dash: [] }));
      pen.globalAlpha = 0.88;
      // Without a rim the band would look like the outer rail of dual-gauge track.
      pen.strokeStyle = hue("--land");
      pen.lineWidth = 4 / scale;
      ridden.forEach((path) => pen.stroke(path));
      ridden.forEach((path, which) => strokeLine(path, looks[which].hue, 1.8, scale, looks[which], looks[which].inner));
      pen.setLineDash([]);
      pen.globalAlpha = 1;
    };

    const drawHot = (scale, { hue }) => {
      if (hot < 0) return;
      pen.strokeStyle = hue("--ink");
      pen.lineWidth = 3 / scale;
      pen.stroke(pathOf(new Set([hot])));
    };

    const drawPlaces = (scale, { hue }) => {
      // Dots closer to each other than they are wide would only hide the lines.
      const gap = Math.sqrt(width * height / Math.max(1, shapes.length)) * scale;
      if (gap >= SHORTEST_DOT_GAP * 2) {
        const size = Math.min(2.4, gap / 6) / scale;
        pen.fillStyle = hue("--dot");
        pen.beginPath();
        shapes.forEach((shape, i) => {
          const [x, y] = [spots[2 * i], spots[2 * i + 1]];
          if (shape === 2) { pen.moveTo(x + size, y); pen.arc(x, y, size, 0, 7); } else pen.rect(x - size, y - size, 2 * size, 2 * size);
        });
        pen.fill();
      }
      pen.font = `500 ${11 / scale}px system-ui, "Noto Sans", Arial, sans-serif`;
      pen.lineJoin = "round";
      pen.textBaseline = "middle";
      data.places.labels.forEach(([point, dx, dy, anchor, from]) => {
        if (from > scale * 1.08) return;
        const [x, y] = [spots[2 * point] + dx / scale, spots[2 * point + 1] + dy / scale];
        pen.textAlign = anchor === "middle" ? "center" : anchor;
        pen.strokeStyle = hue("--land");
        pen.lineWidth = 3 / scale;
        pen.strokeText(data.places.names[point], x, y);
        pen.fillStyle = hue("--ink");
        pen.fillText(data.places.names[point], x, y);
      });
    };

    const draw = () => {
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      const across = Math.max(1, Math.round(canvas.clientWidth * ratio));
      const down = Math.round(across * height / width);
      if (canvas.width !== across || canvas.height !== down) { canvas.width = across; canvas.height = down; }
      const scale = view.scale(), all = hues();
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.fillStyle = all.hue("--water");
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.setTransform(scale * ratio, 0, 0, scale * ratio, -view.x * scale * ratio, -view.y * scale * ratio);
      pen.fillStyle = all.hue("--land");
      pen.fill(land, "evenodd");
      pen.strokeStyle = all.hue("--coast");
      pen.lineWidth = 0.8 / scale;
      pen.stroke(land);
      [drawLines, drawTracks, drawHot, drawPlaces].forEach((each) => each(scale, all));
      canvas.dataset.drawn = String(rows.length);
    };
    let waiting = false;
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; draw(); });
    };

    // Which pieces pass a cell of the canvas: found once, so that pointing costs nothing.
    const cells = new Map();
    rows.forEach((_, piece) => {
      for (let i = first[piece]; i < first[piece + 1] - 1; i++) {
        const [ax, ay, bx, by] = [xy[2 * i], xy[2 * i + 1], xy[2 * i + 2], xy[2 * i + 3]];
        const steps = Math.min(400, Math.ceil(Math.hypot(bx - ax, by - ay) / CELL * 2) + 1);
        for (let k = 0; k <= steps; k++) {
          const key = Math.floor((ax + (bx - ax) * k / steps) / CELL) * 100003 + Math.floor((ay + (by - ay) * k / steps) / CELL);
          const list = cells.get(key);
          if (!list) cells.set(key, [i, piece]); else if (list[list.length - 2] !== i) list.push(i, piece);
        }
      }
    });

    const away = (x, y, i) => {
      const [ax, ay, bx, by] = [xy[2 * i], xy[2 * i + 1], xy[2 * i + 2], xy[2 * i + 3]];
      const long = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
      const share = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long));
      return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay));
    };

    const under = (event) => {
      const [x, y] = view.place(event);
      let best = -1, least = NEAR_PX / view.scale();
      for (let dx = -1; dx <= 1; dx++) for (let dy = -1; dy <= 1; dy++) {
        const list = cells.get((Math.floor(x / CELL) + dx) * 100003 + Math.floor(y / CELL) + dy) || [];
        for (let k = 0; k < list.length; k += 2) {
          const far = away(x, y, list[k]);
          if (far < least) { least = far; best = rows[list[k + 1]]; }
        }
      }
      return best;
    };

    const heat = (row) => {
      if (row === hot) return;
      hot = row;
      soon();
    };

    const point = (event) => {
      const row = under(event);
      heat(row);
      if (row < 0) { maps.tell(event, ""); return; }
      const routes = bands.filter((track) => track.rows.includes(row)).map((track) => `\n${track.name}`);
      maps.tell(event, shown.describe(data.labels[label[row]] + routes.join(""), row));
    };

    const view = maps.viewOf(figure, canvas, [width, height], STRONGEST_ZOOM, { look: soon, point, leave: () => heat(-1) });
    shown.start();
    new ResizeObserver(soon).observe(canvas);
    draw();
  };

  document.querySelectorAll("figure[data-canvas]").forEach(setUp);
})();
