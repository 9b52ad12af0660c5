"use strict";
// The liver in three dimensions. three.js and the surfaces travel as gzip, which the browser undoes.
const turnLiver = ({ meshes, hidden, box_mm: box, words }) => {
  const section = document.getElementById("turn"), view = document.getElementById("view-3d");
  const [low, high] = box, size = high.map((value, n) => value - low[n]);
  const middle = low.map((value, n) => value + size[n] / 2);
  const look = { azimuth: 20, elevation: 12, far: 1.7 * Math.hypot(...size) };
  const canvas = document.createElement("canvas"), context = canDraw();
  section.hidden = false;
  if (context) {
    draw();
  } else {
    section.querySelector(".controls").hidden = true;
    view.textContent = words.no_webgl;
    view.removeAttribute("role");
    view.classList.add("short");
  }

  function canDraw() {
    try {
      return "DecompressionStream" in window && canvas.getContext("webgl2", { antialias: true });
    } catch {
      return null;
    }
  }

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream);
  }

  async function draw() {
    const script = document.createElement("script");
    script.textContent = await (await unpacked(document.getElementById("three").textContent)).text();
    document.head.append(script);  // makes THREE
    const surfaces = shapes(await (await unpacked(meshes.numbers)).arrayBuffer());
    const scene = new THREE.Scene(), camera = new THREE.PerspectiveCamera(30, 1, 10, 5000);
    scene.background = new THREE.Color("#fff");
    scene.add(...surfaces, ...letters(), new THREE.AmbientLight(0xffffff, 0.5), camera);
    camera.up.set(0, 0, 1);
    const light = new THREE.DirectionalLight(0xffffff, 0.6);  // over the reader's left shoulder
    light.position.set(-0.35, 0.45, 0.82);
    camera.add(light, light.target);
    const renderer = new THREE.WebGLRenderer({ canvas, context });
    renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    view.append(canvas);
    const render = () => {
      const a = look.azimuth * Math.PI / 180, e = look.elevation * Math.PI / 180;
      const eye = [Math.sin(a) * Math.cos(e), -Math.cos(a) * Math.cos(e), Math.sin(e)];
      camera.position.set(...eye.map((part, n) => middle[n] + look.far * part));
      camera.lookAt(...middle);
      renderer.render(scene, camera);
    };
    const fit = () => {
      renderer.setSize(view.clientWidth, view.clientHeight);
      camera.aspect = view.clientWidth / view.clientHeight;
      camera.fov = 30 / Math.min(camera.aspect, 1);
      camera.updateProjectionMatrix();
      render();
      view.dataset.drawn = "yes";
    };
    new ResizeObserver(fit).observe(view);  // calls it before the next picture, and so the first
    canvas.addEventListener("webglcontextrestored", render);
    byButtons(surfaces, render);
    byPointer(render);
    nameUnder(surfaces, camera);
  }

  // Indices of all surfaces, then places of all, each the difference from the one before.
  function shapes(buffer) {
    const summed = (array) => {
      for (let n = 1; n < array.length; n += 1) array[n] += array[n - 1];
      return array;
    };
    const corners = meshes.parts.reduce((sum, part) => sum + 3 * part.triangles, 0);
    let index = 0, place = 4 * corners;
    return meshes.parts.map((part) => {
      const n = part.vertices, planes = summed(new Uint16Array(buffer, place, 3 * n));
      const points = new Float32Array(3 * n);
      for (let at = 0; at < 3 * n; at += 1) {
        points[3 * (at % n) + Math.floor(at / n)] = planes[at];
      }
      const geometry = new THREE.BufferGeometry();
      geometry.setAttribute("position", new THREE.BufferAttribute(points, 3));
      geometry.scale(meshes.step_mm, meshes.step_mm, meshes.step_mm).translate(...meshes.low_mm);
      geometry.setIndex(new THREE.BufferAttribute(
        summed(new Uint32Array(buffer, index, 3 * part.triangles)), 1));
      index += 12 * part.triangles;
      place += 6 * n;
      return surface(part, geometry);
    });
  }

  function surface({ kind, name, look: [red, green, blue, opacity] }, geometry) {
    geometry.computeVertexNormals();
    geometry.computeBoundingSphere();
    const { x, y, z } = geometry.boundingSphere.center;
    geometry.translate(-x, -y, -z);  // so that what is see-through is painted from far to near
    const Material = kind === "cut" ? THREE.MeshBasicMaterial : THREE.MeshLambertMaterial;
    const mesh = new THREE.Mesh(geometry, new Material({
      color: `rgb(${red}, ${green}, ${blue})`, opacity, transparent: opacity < 1,
      depthWrite: opacity === 1, side: kind === "cut" ? THREE.DoubleSide : THREE.FrontSide,
    }));
    mesh.position.set(x, y, z);
    mesh.visible = !hidden.includes(kind);
    mesh.name = kind === "lesion" ? name : [words[kind], name].filter(Boolean).join(" ");
    mesh.userData.kind = kind;
    return mesh;
  }

  function letters() {
    return ["RL", "AP", "FH"].flatMap((pair, axis) => [...pair].map((letter, end) => {
      const paper = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
      const pen = paper.getContext("2d");
      Object.assign(pen, { font: "bold 52px sans-serif", textAlign: "center", fillStyle: "#1e1e22" });
      pen.fillText(letter, 32, 50);
      const material = new THREE.SpriteMaterial({
        map: new THREE.CanvasTexture(paper), depthWrite: false,
      });
      const sprite = new THREE.Sprite(material);
      sprite.position.set(...middle);
      sprite.position.setComponent(axis, middle[axis] + (end ? 0.58 : -0.58) * size[axis]);
      sprite.scale.setScalar(0.05 * Math.hypot(...size));
      return sprite;
    }));
  }

  function turn(azimuth, elevation) {
    look.azimuth += azimuth;
    look.elevation = Math.max(-85, Math.min(85, look.elevation + elevation));
  }

  function zoom(times) {
    const whole = Math.hypot(...size);
    look.far = Math.max(0.3 * whole, Math.min(6 * whole, look.far * times));
  }

  function byButtons(surfaces, render) {
    const on = (selector, event, act) => section.querySelectorAll(selector).forEach((control) => {
      control.addEventListener(event, () => { act(control); render(); });
    });
    on("button[data-turn]", "click", ({ dataset }) => turn(...dataset.turn.split(",").map(Number)));
    on("button[data-zoom]", "click", ({ dataset }) => zoom(Number(dataset.zoom)));
    on("input[data-kind]", "change", (box) => surfaces.forEach((mesh) => {
      if (mesh.userData.kind === box.dataset.kind) mesh.visible = box.checked;
    }));
  }

  function byPointer(render) {
    const fingers = new Map();
    const apart = () => {
      const [one, other] = [...fingers.values()];
      return Math.hypot(one.x - other.x, one.y - other.y);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, event);
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const wide = fingers.size === 2 ? apart() : 0;
      fingers.set(event.pointerId, event);
      if (fingers.size === 1) turn((before.x - event.x) / 2, (event.y - before.y) / 2);
      if (wide) zoom(wide / apart());
      render();
    });
    ["pointerup", "pointercancel"].forEach((end) => {
      canvas.addEventListener(end, (event) => fingers.delete(event.pointerId));
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(Math.exp(event.deltaY / 1000));
      render();
    }, { passive: false });
  }

  // What is under the pointer is named beside it.
  function nameUnder(surfaces, camera) {
    const ray = new THREE.Raycaster();
    canvas.addEventListener("pointermove", ({ buttons, offsetX, offsetY }) => {
      if (buttons) return;
      const { clientWidth: wide, clientHeight: tall } = canvas;
      ray.setFromCamera({ x: 2 * offsetX / wide - 1, y: 1 - 2 * offsetY / tall }, camera);
      const [hit] = ray.intersectObjects(surfaces.filter((mesh) => mesh.visible));
      canvas.title = hit ? hit.object.name : "";
    });
  }
};
