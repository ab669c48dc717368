/* Draws each event display of the page from the JSON beside it: lines of the shower and of muons over the volumes, in one of three views, up to a time. */
(function () {
  "use strict";
  const NS = "http://www.w3.org/2000/svg", C = 29.9792458;
  const AXES = { top: [2, 0, "z", "x"], side: [2, 1, "z", "y"], front: [0, 1, "x", "y"] };
  function element(parent, name, attributes, title) {
    const e = document.createElementNS(NS, name);
    for (const key in attributes) e.setAttribute(key, attributes[key]);
    if (title) { const t = document.createElementNS(NS, "title"); t.textContent = title; e.appendChild(t); }
    parent.appendChild(e);
    return e;
  }
  function draw(box, event, state) {
    const [h, v] = AXES[state.view], svg = box.querySelector("svg"), whole = state.zoom === "set-up";
    const at = event.vertex || event.start;
    let low = [event.world[0][h], event.world[0][v]], high = [event.world[1][h], event.world[1][v]];
    if (!whole) {
      const half = state.zoom === "vertex" ? 5 : 30;
      const centre = state.zoom === "vertex" ? at : [0, 0, 25];
      low = [centre[h] - half, centre[v] - half]; high = [centre[h] + half, centre[v] + half];
    }
    /* along z the set-up is long: the other axis is stretched to fill the picture */
    const W = 1000, H = state.view === "front" ? 700 : 420, sx = W / (high[0] - low[0]), sy = H / (high[1] - low[1]);
    const X = p => (p - low[0]) * sx, Y = p => H - (p - low[1]) * sy;
    svg.setAttribute("viewBox", "-60 -12 " + (W + 75) + " " + (H + 62));
    while (svg.firstChild) svg.removeChild(svg.firstChild);
    const clip = element(element(svg, "defs", {}), "clipPath", { id: box.id + "-clip" });
    element(clip, "rect", { x: 0, y: 0, width: W, height: H });
    const inner = element(svg, "g", { "clip-path": "url(#" + box.id + "-clip)" });
    for (const b of event.volumes)
      element(inner, "rect", { class: "volume-" + b.role, x: X(b.low[h]), y: Y(b.high[v]), width: Math.max(1, (b.high[h] - b.low[h]) * sx), height: Math.max(1, (b.high[v] - b.low[v]) * sy) }, b.name);
    for (const s of event.steps) {
      const begin = s[3] / C, end = s[6] / C;
      if (begin > state.time) continue;
      const part = end > begin ? Math.min(1, (state.time - begin) / (end - begin)) : 1;
      element(inner, "line", { class: "p" + s[0], x1: X(s[1 + h]), y1: Y(s[1 + v]), x2: X(s[1 + h] + part * (s[4 + h] - s[1 + h])), y2: Y(s[1 + v] + part * (s[4 + v] - s[1 + v])) },
        ["electron", "positron", "photon"][s[0]] + ", " + s[7].toPrecision(3) + " GeV");
    }
    for (const m of event.muons) {
      const points = [];
      for (const p of m.points) {
        if (p[3] > state.time) break;
        points.push(X(p[h]).toFixed(2) + "," + Y(p[v]).toFixed(2));
      }
      if (points.length > 1) element(inner, "polyline", { class: "m" + m.charge, points: points.join(" ") }, (m.charge > 0 ? "mu+ " : "mu- ") + m.energy.toPrecision(3) + " GeV, " + m.fate);
    }
    if (event.vertex && event.vertex_time <= state.time) element(inner, "circle", { class: "vertex", cx: X(at[h]), cy: Y(at[v]), r: 4 }, "vertex");
    element(svg, "rect", { class: "axis", x: 0, y: 0, width: W, height: H });
    for (let i = 0; i <= 4; i++) {
      const a = low[0] + (high[0] - low[0]) * i / 4, b = low[1] + (high[1] - low[1]) * i / 4;
      element(svg, "text", { x: X(a), y: H + 18, "text-anchor": "middle" }).textContent = a.toFixed(whole ? 0 : 1);
      element(svg, "text", { x: -8, y: Y(b) + 4, "text-anchor": "end" }).textContent = b.toFixed(whole ? 0 : 1);
    }
    element(svg, "text", { x: W / 2, y: H + 40, "text-anchor": "middle" }).textContent = AXES[state.view][2] + " [cm]";
    element(svg, "text", { x: -45, y: H / 2, transform: "rotate(-90 -45 " + H / 2 + ")", "text-anchor": "middle" }).textContent = AXES[state.view][3] + " [cm]";
    box.querySelector("output").textContent = state.time === Infinity ? "all" : state.time.toFixed(2) + " ns";
  }
  for (const box of document.querySelectorAll(".event")) {
    const event = JSON.parse(box.querySelector("script").textContent), slider = box.querySelector("input"), state = { view: "top", zoom: "set-up", time: Infinity };
    slider.addEventListener("input", () => { state.time = slider.value === "1000" ? Infinity : event.end * slider.value / 1000; draw(box, event, state); });
    for (const select of box.querySelectorAll("select"))
      select.addEventListener("change", () => { state[select.name] = select.value; draw(box, event, state); });
    draw(box, event, state);
  }
})();
