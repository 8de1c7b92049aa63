package dev.sluice.http;

import dev.sluice.backend.admin.DeadLetters;
import dev.sluice.backend.admin.Identity;
import dev.sluice.backend.job.JobControl;
import dev.sluice.backend.job.MediaJobs;
import dev.sluice.backend.job.NamedReceiver;
import dev.sluice.backend.upload.DirectUploads;
import dev.sluice.backend.upload.ResumableUploads;
import dev.sluice.backend.upload.Uploads;
import dev.sluice.objectstore.Blobs;
import dev.sluice.objectstore.s3.SignedLinks;
import dev.sluice.persistence.job.JobRecords;

/** What the answers are made by. */
public record ApiServices(
        MediaJobs media,
        JobRecords records,
        JobControl control,
        DeadLetters letters,
        Uploads uploads,
        ResumableUploads resumable,
        DirectUploads direct,
        NamedReceiver receiver,
        Blobs store,
        SignedLinks links,
        Identity identity) {}
