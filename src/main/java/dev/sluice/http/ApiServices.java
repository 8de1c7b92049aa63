package dev.sluice.http;

import dev.sluice.backend.DeadLetters;
import dev.sluice.backend.DirectUploads;
import dev.sluice.backend.Identity;
import dev.sluice.backend.JobControl;
import dev.sluice.backend.MediaJobs;
import dev.sluice.backend.NamedReceiver;
import dev.sluice.backend.ResumableUploads;
import dev.sluice.backend.Uploads;
import dev.sluice.blob.Blobs;
import dev.sluice.blob.SignedLinks;
import dev.sluice.store.JobRecords;

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
