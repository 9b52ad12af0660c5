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
  turnLiver(data);  // view.js

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
})();
