'use strict';
/*
 * The backend of the legacy system: asserts its queues, makes its tables as its ORM does, creates jobs, and keeps its
 * rows by the updates that come. It knows the wire contract and nothing of what works behind it.
 *
 * It is as careless as backends are: it sets no prefetch, so that it handles all updates it receives at once, and it makes
 * two slow writes for each of them, in any order.
 *
 * Takes AMQP_URL, DATABASE_URL and JOBS, a JSON array of { id, mediaId, s3Key, originalFilename, mimeType, times }. Says
 * "ready" when the jobs are sent, and in the end one line of JSON for each job.
 */
const amqp = require('amqplib');
const { Pool } = require('pg');

const PROCESSING = 'video.processing';
const UPDATES = 'video.updates';
const QUEUES = [
  [PROCESSING, 'download', 'video.processing.download'],
  [PROCESSING, 'processing', 'video.processing.processing'],
  [PROCESSING, 'upload', 'video.processing.upload'],
  [UPDATES, 'update', 'video.processing.updates'],
];
const SLOWEST_WRITE_MILLIS = 300;
const STATUS = { processing: 'PROCESSING', completed: 'COMPLETED', failed: 'FAILED' };

const MIGRATION = `
  CREATE TYPE "ProcessingStatus" AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'REJECTED', 'FAILED');
  CREATE TABLE "media" (
    "id" TEXT NOT NULL,
    "s3Key" TEXT NOT NULL,
    "mimeType" TEXT NOT NULL,
    "processingStatus" "ProcessingStatus" NOT NULL DEFAULT 'PENDING',
    "videoProcessingStatus" "ProcessingStatus",
    "videoThumbnails" JSONB,
    "videoVersions" JSONB,
    "videoMetadata" JSONB,
    "duration" DOUBLE PRECISION,
    "codec" TEXT,
    "bitrate" INTEGER,
    "framerate" DOUBLE PRECISION,
    CONSTRAINT "media_pkey" PRIMARY KEY ("id")
  );
  CREATE TABLE "video_processing_jobs" (
    "id" TEXT NOT NULL,
    "mediaId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "s3Key" TEXT NOT NULL,
    "originalFilename" TEXT NOT NULL,
    "status" "ProcessingStatus" NOT NULL DEFAULT 'PENDING',
    "progress" INTEGER NOT NULL DEFAULT 0,
    "currentStep" TEXT,
    "errorMessage" TEXT,
    "thumbnails" JSONB,
    "videoVersions" JSONB,
    "metadata" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "completedAt" TIMESTAMP(3),
    CONSTRAINT "video_processing_jobs_pkey" PRIMARY KEY ("id")
  );
  CREATE INDEX "video_processing_jobs_mediaId_idx" ON "video_processing_jobs"("mediaId");
  ALTER TABLE "video_processing_jobs" ADD CONSTRAINT "video_processing_jobs_mediaId_fkey"
    FOREIGN KEY ("mediaId") REFERENCES "media"("id") ON DELETE CASCADE ON UPDATE CASCADE;
`;

async function assertTopology(channel) {
  for (const [exchange, key, queue] of QUEUES) {
    await channel.assertExchange(exchange, 'direct', { durable: true });
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, exchange, key);
  }
}

async function create(db, job) {
  await db.query('INSERT INTO "media" ("id", "s3Key", "mimeType") VALUES ($1, $2, $3)', [
    job.mediaId,
    job.s3Key,
    job.mimeType,
  ]);
  await db.query(
    'INSERT INTO "video_processing_jobs" ("id", "mediaId", "userId", "s3Key", "originalFilename", "updatedAt")' +
      ' VALUES ($1, $2, $3, $4, $5, $6)',
    [job.id, job.mediaId, 'user-1', job.s3Key, job.originalFilename, new Date()],
  );
}

async function send(channel, { times, ...job }) {
  const message = { ...job, userId: 'user-1', mediaType: 'VIDEO', createdAt: new Date(), stage: 'DOWNLOADING' };
  for (let n = 0; n < (times ?? 1); n++) {
    channel.publish(PROCESSING, 'download', Buffer.from(JSON.stringify(message)), { persistent: true });
  }
  await channel.waitForConfirms();
}

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

async function keepJob(db, update, status) {
  const json = (value) => (value === undefined ? null : JSON.stringify(value));
  await db.query(
    'UPDATE "video_processing_jobs" SET "status" = $2::"ProcessingStatus", "progress" = COALESCE($3, "progress"),' +
      ' "currentStep" = COALESCE($4, "currentStep"), "errorMessage" = $5, "thumbnails" = COALESCE($6, "thumbnails"),' +
      ' "videoVersions" = COALESCE($7, "videoVersions"), "metadata" = COALESCE($8, "metadata"), "updatedAt" = $9,' +
      ' "completedAt" = $10 WHERE "id" = $1',
    [
      update.job_id,
      status,
      update.progress,
      update.current_step,
      update.error_message,
      json(update.thumbnails),
      json(update.video_versions),
      json(update.metadata),
      new Date(),
      status === 'PROCESSING' ? null : new Date(),
    ],
  );
}

async function keepMedia(db, update, status) {
  const json = (value) => (value === undefined ? null : JSON.stringify(value));
  await db.query(
    'UPDATE "media" SET "processingStatus" = $2::"ProcessingStatus", "videoProcessingStatus" = $2::"ProcessingStatus",' +
      ' "videoThumbnails" = COALESCE($3, "videoThumbnails"), "videoVersions" = COALESCE($4, "videoVersions")' +
      ' WHERE "id" = $1',
    [update.media_id, status, json(update.thumbnails), json(update.video_versions)],
  );
}

async function keep(db, update) {
  const status = STATUS[update.status];
  const writes = [keepJob, keepMedia];
  if (Math.random() < 0.5) writes.reverse();
  for (const write of writes) {
    await sleep(Math.random() * SLOWEST_WRITE_MILLIS);
    await write(db, update, status);
  }
  return status !== 'PROCESSING';
}

/** What there is to be seen of a job in the end; of its files whichever spelling the older readers used. */
async function account(db, job, heard) {
  const row = (await db.query('SELECT * FROM "video_processing_jobs" WHERE "id" = $1', [job.id])).rows[0];
  const media = (await db.query('SELECT * FROM "media" WHERE "id" = $1', [job.mediaId])).rows[0];
  const keys = (files) => (files ?? []).flatMap((file) => [file.s3_key, file.s3Key]);
  return { id: job.id, heard, row, media, keys: [...keys(row.thumbnails), ...keys(row.videoVersions)] };
}

async function main() {
  const jobs = JSON.parse(process.env.JOBS);
  const db = new Pool({ connectionString: process.env.DATABASE_URL });
  await db.query(MIGRATION);
  const connection = await amqp.connect(process.env.AMQP_URL);
  const channel = await connection.createConfirmChannel();
  await assertTopology(channel);

  const heard = new Map(jobs.map((job) => [job.id, []]));
  const open = new Set(heard.keys());
  let handling = 0;
  const all = new Promise((resolve, reject) => {
    const failed = (error) => reject(error);
    connection.on('error', failed);
    channel.on('error', failed);
    channel
      .consume('video.processing.updates', (message) => {
        const update = JSON.parse(message.content.toString());
        heard.get(update.job_id).push([update.current_step, update.progress, update.status]);
        handling++;
        keep(db, update)
          .then((ended) => {
            channel.ack(message);
            handling--;
            if (ended) open.delete(update.job_id);
            if (open.size === 0 && handling === 0) resolve();
          })
          .catch(failed);
      })
      .catch(failed);
  });
  for (const job of jobs) {
    await create(db, job);
    await send(channel, job);
  }
  console.log('ready');
  await all;

  // As after a restart.
  await assertTopology(await connection.createChannel());
  for (const job of jobs) {
    console.log(JSON.stringify(await account(db, job, heard.get(job.id))));
  }
  await connection.close();
  await db.end();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
