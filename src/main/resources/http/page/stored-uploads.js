const PREFIX = 'sluice.upload:';

/**
 * The key under which the upload of a file is stored. A browser does not reveal the path of a file: the same name, size and
 * modification time are taken for the same file.
 *
 * @param {File} file
 * @returns {string}
 */
export function keyOf({ name, size, lastModified }) {
  return `${PREFIX}${size}:${lastModified}:${name}`;
}

/**
 * Stores an unfinished upload, so that it can be continued after a reload. Without storage it is lost with the page.
 *
 * @param {string} key
 * @param {{id: string, name: string, size: number, expires: string}} upload
 */
export function storeUpload(key, upload) {
  try {
    localStorage.setItem(key, JSON.stringify(upload));
  } catch {
    // Storage is full or disabled.
  }
}

/**
 * @param {string} key
 * @returns {{id: string, name: string, size: number, expires: string}|undefined} the unfinished upload, unless it has expired
 */
export function storedUpload(key) {
  return storedUploads().get(key);
}

/**
 * The unfinished uploads of this browser. Deletes expired ones.
 *
 * @returns {Map<string, {id: string, name: string, size: number, expires: string}>}
 */
export function storedUploads() {
  const found = new Map();
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      const upload = JSON.parse(localStorage.getItem(key));
      if (Date.parse(upload.expires) > Date.now()) {
        found.set(key, upload);
      } else {
        removeStoredUpload(key);
      }
    }
  } catch {
    // Storage is disabled.
  }
  return found;
}

/** @param {string} key */
export function removeStoredUpload(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage is disabled.
  }
}
