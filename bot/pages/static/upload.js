// The page by which a large file comes: it shows how far it is, and then what the office says.

const form = document.querySelector("form");
const said = form.querySelector(".said");
const bar = form.querySelector("progress");
const button = form.querySelector("button");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const file = form.elements.file.files[0];
  if (file.size > Number(form.dataset.most)) return tell(form.dataset.large, true);
  send(new FormData(form));
});

function send(body) {
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => event.lengthComputable && show(event.loaded / event.total));
  request.addEventListener("load", () => answered(request.responseText));
  request.addEventListener("error", broken);
  request.addEventListener("abort", broken);
  request.open("POST", location.pathname);
  waits(true);
  show(0);
  request.send(body);
}

function show(part) {
  const percent = Math.floor(part * 100);
  bar.value = percent;
  tell(form.dataset.sending.replace("{percent}", percent));
}

function answered(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) return broken();
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
}

function broken() {
  waits(false);
  tell(form.dataset.broken, true);
}

function waits(sending) {
  button.disabled = sending;
  bar.hidden = !sending;
}

function tell(text, failed = false) {
  said.textContent = text;
  said.classList.toggle("failed", failed);
}
