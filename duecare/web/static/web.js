// What makes pages more comfortable; every page works without it.
"use strict";
document.addEventListener("submit", (event) => {
  // A form is sent once, however often its button is pressed.
  const form = event.target;
  if (form.dataset.sent && form.method === "post") { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  window.setTimeout(() => { delete form.dataset.sent; }, 4000);
});
document.addEventListener("htmx:configRequest", (event) => {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (field && event.detail.verb !== "get") { event.detail.headers["X-CSRFToken"] = field.value; }
});
document.addEventListener("DOMContentLoaded", () => {
  const problem = document.querySelector("main .notice.error[tabindex]");
  if (problem) { problem.focus(); }
});
