"use strict";
(() => {
  const byID = (id) => document.getElementById(id);
  const query = byID("query"), rule = byID("rule"), pkg = byID("package");
  const findings = [...document.querySelectorAll(".finding")];
  const texts = findings.map((f) => f.textContent.toLowerCase());
  let current = -1;

  const filter = () => {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    findings.forEach((f, i) => {
      f.hidden = (rule.value && f.dataset.rule !== rule.value) || (pkg.value && f.dataset.package !== pkg.value) ||
        !words.every((w) => texts[i].includes(w));
      if (!f.hidden) shown++;
    });
    byID("shown").textContent = shown === findings.length ? "" : `${shown} of ${findings.length}`;
    byID("none").hidden = shown > 0;
  };

  // The filters are in the address, so that a view can be sent to somebody.
  const remember = () => {
    const state = new URLSearchParams();
    if (query.value) state.set("q", query.value);
    if (rule.value) state.set("rule", rule.value);
    if (pkg.value) state.set("package", pkg.value);
    history.replaceState(null, "", state.size ? "#" + state : location.pathname + location.search);
  };
  const recall = () => {
    if (/^#finding-\d+$/.test(location.hash)) {
      const f = byID(location.hash.slice(1));
      if (f) { f.open = true; f.scrollIntoView(); }
      return;
    }
    const state = new URLSearchParams(location.hash.slice(1));
    query.value = state.get("q") || "";
    rule.value = state.get("rule") || "";
    pkg.value = state.get("package") || "";
    filter();
  };
  for (const e of [query, rule, pkg]) e.addEventListener("input", () => { filter(); remember(); });
  byID("filters").addEventListener("submit", (e) => e.preventDefault());
  window.addEventListener("hashchange", recall);

  const step = (by) => {
    let i = current;
    do i += by; while (findings[i] && findings[i].hidden);
    if (!findings[i]) return;
    if (findings[current]) findings[current].classList.remove("current");
    current = i;
    findings[i].classList.add("current");
    findings[i].querySelector("summary").focus();
    findings[i].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (/^(INPUT|SELECT)$/.test(e.target.tagName)) {
      if (e.key === "Escape") e.target.blur();
      return;
    }
    switch (e.key) {
      case "/": query.focus(); e.preventDefault(); break;
      case "j": step(1); break;
      case "k": step(-1); break;
      case "o": if (findings[current]) findings[current].open = !findings[current].open; break;
    }
  });
  recall();
})();
