'use strict';

// Parses HLS playlists strictly; prints what the multivariant playlist names, or the error.
const fs = require('node:fs');
const path = require('node:path');
const HLS = require('hls-parser');

HLS.setOptions({ strictMode: true });
const directory = process.env.DIRECTORY;
const parse = (name) => HLS.parse(fs.readFileSync(path.join(directory, name), 'utf8'));

const master = parse('master.m3u8');
const playlists = fs.readdirSync(directory).filter((name) => name.endsWith('.m3u8') && name !== 'master.m3u8');
const segments = playlists.sort().map((name) => [name, parse(name).segments.length]);
console.log(JSON.stringify({
  variants: master.variants.filter((variant) => !variant.isIFrameOnly).map((variant) => variant.uri),
  keyFrames: master.variants.filter((variant) => variant.isIFrameOnly).map((variant) => variant.uri),
  audio: master.variants.filter((variant) => !variant.isIFrameOnly).map((variant) => variant.audio[0]?.uri),
  subtitles: master.variants
    .filter((variant) => !variant.isIFrameOnly)
    .map((variant) => variant.subtitles.map((text) => `${text.uri} ${text.language} ${text.name}`).join()),
  closedCaptions: master.variants
    .filter((variant) => !variant.isIFrameOnly)
    .map((variant) => variant.closedCaptions.map((captions) => `${captions.instreamId} ${captions.name}`).join()),
  segments,
}));
