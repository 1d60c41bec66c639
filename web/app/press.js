// Whether a button of the pointer is down. What is being clicked must not be replaced between press and release, or the click
// is lost; answers that arrive meanwhile wait.

let pressed = false;
const waiting = new Set();

function release() {
  // After the click that the release brings about.
  setTimeout(() => {
    pressed = false;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }, 0);
}

addEventListener('pointerdown', () => { pressed = true; }, { capture: true });
addEventListener('pointerup', release, { capture: true });
addEventListener('pointercancel', release, { capture: true });
addEventListener('blur', release);

/** Whether something is being pressed. */
export function isPressed() {
  return pressed;
}

/** Resolves once nothing is pressed. */
export function released() {
  return pressed ? new Promise((resolve) => { waiting.add(resolve); }) : Promise.resolve();
}
