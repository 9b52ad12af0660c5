"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);

  // On paper nothing can be folded out: open all evidence before printing, fold it again after.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((d) => { d.open = true; });
  });
  addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });

  scrollSlices(data.slices);
  turnLiver(data);

  function scrollSlices(slices) {
    const image = document.getElementById("slice"), slider = document.getElementById("level");
    const output = document.getElementById("level-words");
    document.getElementById("stack").hidden = false;
    const show = () => {
      const one = slices[Number(slider.value)];
      image.src = one.source;
      image.alt = one.alt;
      output.textContent = one.caption;
      slider.setAttribute("aria-valuetext", one.caption);
    };
    slider.addEventListener("input", show);
    image.addEventListener("wheel", (event) => {
      event.preventDefault();
      slider.value = Number(slider.value) + (event.deltaY < 0 ? 1 : -1);
      show();
    }, { passive: false });
    show();
  }

  function turnLiver(data) {
    const { meshes, words } = data;
    const section = document.getElementById("turn"), view = document.getElementById("view-3d");
    section.hidden = false;
    if (!canDraw()) {
      section.querySelector(".controls").hidden = true;
      view.textContent = words.no_webgl;
      view.removeAttribute("role");
      view.classList.add("short");
      return;
    }
    const angles = { azimuth: 20, elevation: 12 };
    Plotly.newPlot(view, traces(data), layout(angles), {
      displayModeBar: false, scrollZoom: true, responsive: true,
    }).then(() => { view.dataset.drawn = "yes"; });
    section.querySelectorAll("button[data-turn]").forEach((button) => {
      button.addEventListener("click", () => {
        const [azimuth, elevation] = button.dataset.turn.split(",").map(Number);
        angles.azimuth += azimuth;
        angles.elevation = Math.max(-85, Math.min(85, angles.elevation + elevation));
        Plotly.relayout(view, { "scene.camera.eye": eye(angles) });
      });
    });
    section.querySelectorAll("input[data-kind]").forEach((box) => {
      box.addEventListener("change", () => {
        const which = meshes.flatMap((mesh, n) => (mesh.kind === box.dataset.kind ? [n] : []));
        Plotly.restyle(view, { visible: box.checked }, which);
      });
    });
  }

  function canDraw() {
    try {
      return Boolean(document.createElement("canvas").getContext("webgl"));
    } catch {
      return false;
    }
  }

  function eye({ azimuth, elevation }) {
    const a = azimuth * Math.PI / 180, e = elevation * Math.PI / 180, far = 1.4;
    return { x: far * Math.sin(a) * Math.cos(e), y: -far * Math.cos(a) * Math.cos(e), z: far * Math.sin(e) };
  }

  function traces({ meshes, words, hidden, box_mm: box }) {
    const called = (m) => (
      m.kind === "lesion" ? m.name : [words[m.kind], m.name].filter(Boolean).join(" "));
    const drawn = meshes.map((m) => ({
      type: "mesh3d", x: m.x, y: m.y, z: m.z, i: m.i, j: m.j, k: m.k,
      color: `rgb(${m.look.slice(0, 3)})`, opacity: m.look[3], flatshading: false,
      name: called(m), hovertemplate: `${called(m)}<extra></extra>`,
      visible: !hidden.includes(m.kind),
      lighting: {
        ambient: m.kind === "cut" ? 1 : 0.55, diffuse: m.kind === "cut" ? 0 : 0.7, specular: 0.05,
        roughness: 0.9, vertexnormalsepsilon: 0, facenormalsepsilon: 0,
      },
      lightposition: { x: -40000, y: 60000, z: 100000 },  // right, up, toward the viewer
    }));
    const [low, high] = box, middle = low.map((value, n) => (value + high[n]) / 2);
    const letters = [["R", 0, 0], ["L", 0, 1], ["A", 1, 0], ["P", 1, 1], ["F", 2, 0], ["H", 2, 1]];
    const places = letters.map(([, axis, end]) => middle.map((m, n) => (
      n === axis ? m + (end ? 1 : -1) * 0.58 * (high[n] - low[n]) : m)));
    drawn.push({
      type: "scatter3d", mode: "text", text: letters.map(([letter]) => letter), hoverinfo: "skip",
      x: places.map((p) => p[0]), y: places.map((p) => p[1]), z: places.map((p) => p[2]),
      textfont: { size: 18, color: "#1e1e22" }, showlegend: false,
    });
    return drawn;
  }

  function layout(angles) {
    const bare = { visible: false, showspikes: false };
    return {
      margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "#fff", showlegend: false,
      scene: {
        aspectmode: "data", xaxis: bare, yaxis: bare, zaxis: bare, dragmode: "orbit",
        camera: { eye: eye(angles), up: { x: 0, y: 0, z: 1 }, projection: { type: "perspective" } },
      },
    };
  }
})();
