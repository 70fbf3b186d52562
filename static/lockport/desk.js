// The form of an entry shows what the chosen category needs, and the schools only where some are chosen.
(() => {
  "use strict";
  const place = document.getElementById("desk-form");
  const category = document.querySelector("select[name=category]");
  if (!place) return;

  const slugs = {}, limits = {};
  for (const row of place.querySelectorAll("[data-category]")) {
    slugs[row.dataset.category] = row.dataset.slug;
    limits[row.dataset.category] = row.dataset.words;
  }
  const until = document.querySelector(".field-expires_at"), limit = document.createElement("p");
  limit.className = "help";
  until?.append(limit);
  const showNeeds = () => {
    const wanted = `needs-${slugs[category.value]}`;
    for (const group of document.querySelectorAll("fieldset.needs")) group.hidden = !group.classList.contains(wanted);
    limit.textContent = limits[category.value] || "";
    if (until) until.hidden = slugs[category.value] === "suspended-student";
  };
  if (category) {
    category.addEventListener("change", showNeeds);
    showNeeds();
  }

  const where = [...document.querySelectorAll("input[name=where]")];
  const schools = document.querySelector(".field-schools");
  const showSchools = () => {
    schools.hidden = !where.some((choice) => choice.checked && choice.value === "some");
  };
  if (schools && where.length) {
    for (const choice of where) choice.addEventListener("change", showSchools);
    showSchools();
  }
})();
