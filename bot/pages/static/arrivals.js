// Files that are dropped on a pane or pasted into it.

/** Call `take(files)` for files dropped on or pasted into `pane`; the pane says that it would take them. */
export function takeFiles(pane, take) {
  const sign = pane.querySelector(".drop");
  const show = (shown) => { sign.hidden = !shown; };
  pane.addEventListener("dragover", (event) => carriesFiles(event) && offer(event, show));
  pane.addEventListener("dragleave", (event) => pane.contains(event.relatedTarget) || show(false));
  pane.addEventListener("drop", (event) => {
    show(false);
    receive(event, event.dataTransfer, take);
  });
  pane.addEventListener("paste", (event) => receive(event, event.clipboardData, take));
}

function carriesFiles(event) {
  return event.dataTransfer.types.includes("Files");
}

function offer(event, show) {
  event.preventDefault();
  show(true);
}

function receive(event, source, take) {
  const files = [...source.files];
  if (!files.length) return;
  event.preventDefault();
  take(files);
}
