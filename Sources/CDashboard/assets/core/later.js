// Something that is done once, a while after it was first wanted.

/** @param {() => void} run */
export function createLater(run) {
  let timer = 0;

  function cancel() {
    window.clearTimeout(timer);
    timer = 0;
  }

  return {
    /** Sees to it that it is done; what is planned already stays so. @param {number} delay ms */
    within(delay) {
      timer ||= window.setTimeout(() => {
        timer = 0;
        run();
      }, delay);
    },
    cancel,
  };
}
