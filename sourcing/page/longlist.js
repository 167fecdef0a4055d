"use strict";
(function () {
  var byId = function (id) { return document.getElementById(id); };
  var table = byId("list"), controls = byId("controls"), sortBox = byId("sort");
  var bodies = Array.from(table.tBodies).filter(function (body) { return body.dataset.f; });
  if (!bodies.length) return;
  var plain = function (text) { return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); };
  var number = function (text) { return text === "" ? null : Number(text); };
  var rows = bodies.map(function (body, place) {
    var data = body.dataset;
    return {
      body: body, r: place, h: body.querySelector(".name").textContent, f: Number(data.f), n: Number(data.n),
      e: number(data.e), p: data.p, c: data.c, v: data.v, m: data.m, x: data.x.split(",").map(number), text: null,
    };
  });
  var factors = Array.from(sortBox.options).slice(5).map(function (option) { return option.text; });
  var letters = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
  var heads = Array.from(table.querySelectorAll("th[data-s]"));
  var sorted = { key: "r", down: false };

  function value(row, key) { return /^\d+$/.test(key) ? row.x[Number(key)] : row[key]; }

  function sort(key, down) {
    sorted = { key: key, down: down };
    rows.sort(function (a, b) {
      var x = value(a, key), y = value(b, key);
      if (x === null || y === null) return (x === null) - (y === null) || a.r - b.r;
      var order = typeof x === "string" ? letters.compare(x, y) : x - y;
      return (down ? -order : order) || a.r - b.r;
    });
    var all = document.createDocumentFragment();
    rows.forEach(function (row) { all.appendChild(row.body); });
    table.appendChild(all);
    heads.forEach(function (head) {
      if (head.dataset.s === key) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    sortBox.value = key;
  }

  heads.forEach(function (head) {
    var button = document.createElement("button"), paper = document.createElement("span"), key = head.dataset.s;
    button.type = "button";
    button.textContent = paper.textContent = head.textContent;
    paper.className = "paper"; // Chromium prints no buttons in a header that is repeated on every page
    head.replaceChildren(button, paper);
    button.addEventListener("click", function () {
      sort(key, sorted.key === key ? !sorted.down : key !== "r" && key !== "h");
    });
  });
  sortBox.addEventListener("change", function () {
    sort(sortBox.value, sortBox.value !== "r" && sortBox.value !== "h");
  });

  function filter() {
    var words = plain(byId("q").value).split(/\s+/).filter(Boolean), shown = 0;
    var from = number(byId("from").value), to = number(byId("to").value), fit = number(byId("fit").value);
    var chosen = Array.from(controls.querySelectorAll("select[data-k]")).filter(function (box) { return box.value; });
    var mail = byId("mail").checked;
    rows.forEach(function (row) {
      var keep = (from === null || row.n >= from) && (to === null || row.n <= to) && (fit === null || row.f >= fit) &&
        (!mail || row.m) && chosen.every(function (box) { return row[box.dataset.k] === box.value; });
      if (keep && words.length) {
        if (row.text === null) row.text = plain(row.body.textContent);
        keep = words.every(function (word) { return row.text.indexOf(word) >= 0; });
      }
      row.body.hidden = !keep;
      if (keep) shown += 1;
    });
    byId("nobody").hidden = shown > 0;
    byId("shown").textContent = shown === rows.length
      ? "All " + rows.length + " creators"
      : shown + " of " + rows.length + " creators";
  }

  var waiting = 0;
  controls.addEventListener("input", function (event) {
    if (event.target === sortBox) return;
    clearTimeout(waiting);
    waiting = setTimeout(filter, 120);
  });
  controls.addEventListener("submit", function (event) { event.preventDefault(); filter(); });
  controls.addEventListener("reset", function () { setTimeout(function () { sort("r", false); filter(); }, 0); });
  table.addEventListener("mouseover", function (event) {
    var strip = event.target.closest(".strip");
    if (!strip || strip.title) return;
    var known = strip.closest("tbody").dataset.x.split(",");
    strip.title = factors.map(function (name, place) { return name + " " + (known[place] || "not known"); }).join("\n");
  });
  controls.hidden = false;
  filter();
})();
