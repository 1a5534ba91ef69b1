// A picture over the whole page, shut by Escape, a tap beside it, or its button.

const dialog = document.querySelector(".viewer");
const shown = dialog.querySelector(".viewer-picture");
const original = dialog.querySelector(".viewer-open");

/** Show the picture `{name, url}` large. */
export function view(file) {
  shown.src = file.url;
  shown.alt = file.name;
  original.href = file.url;
  dialog.showModal();
}

dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target === shown) dialog.close();
});
