(function () {
  "use strict";
  var frames = document.querySelectorAll("iframe");
  function fit(frame) {
    var inside = frame.contentDocument;
    if (!inside || !inside.body) { return; }
    frame.style.height = "0px";
    frame.style.height = (inside.documentElement.scrollHeight + 4) + "px";
  }
  function all() { frames.forEach(fit); }
  frames.forEach(function (frame) {
    frame.addEventListener("load", function () { fit(frame); });
  });
  window.addEventListener("load", all);
  window.addEventListener("resize", all);
})();
