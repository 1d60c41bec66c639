// The server's clock as seen from here: records carry server times, and a browser's clock may be minutes off.

let ahead = 0;

/** Notes that the server's clock shows `serverMs` now. */
export function setServerTime(serverMs) {
  ahead = serverMs - Date.now();
}

/** The time on the server, in milliseconds since 1970. */
export function serverNow() {
  return Date.now() + ahead;
}
