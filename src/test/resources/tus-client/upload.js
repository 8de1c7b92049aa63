'use strict';

// Uploads a file, breaks off three times in the middle, and goes on each time.
const fs = require('node:fs');
const tus = require('tus-js-client');

const { ENDPOINT, TOKEN, FILE } = process.env;
const size = fs.statSync(FILE).size;
const cuts = [0.2, 0.45, 0.7];
const offsets = [];
let job = null;

const upload = new tus.Upload(fs.createReadStream(FILE), {
  endpoint: ENDPOINT,
  headers: { Authorization: `Bearer ${TOKEN}` },
  metadata: { filename: 'resumed film.mp4', filetype: 'video/mp4' },
  uploadSize: size,
  retryDelays: [0, 200, 500, 1000, 2000, 3000],
  onProgress(sent) {
    if (cuts.length > 0 && sent > cuts[0] * size) {
      cuts.shift();
      upload.abort().then(() => upload.start());
    }
  },
  onAfterResponse(request, response) {
    const offset = response.getHeader('Upload-Offset');
    if (request.getMethod() === 'HEAD' && offset !== undefined) {
      offsets.push(Number(offset));
    }
    job = response.getHeader('Sluice-Job-Id') || job;
  },
  onError(error) {
    console.log(JSON.stringify({ error: String(error) }));
    process.exit(1);
  },
  onSuccess() {
    console.log(JSON.stringify({ job, offsets }));
  },
});
upload.start();
