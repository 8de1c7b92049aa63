package dev.sluice.http;

import dev.sluice.backend.admin.AdminServices;
import dev.sluice.backend.admin.ProcessInfo;
import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.JobOptionsResolver;
import dev.sluice.backend.job.MediaJobService;
import dev.sluice.backend.stream.OutputUrls;
import dev.sluice.backend.update.EventTicketService;
import dev.sluice.backend.upload.DirectUploadService;
import dev.sluice.backend.upload.FormUploadService;
import dev.sluice.backend.upload.ResumableUploadService;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.persistence.job.JobQueryRepository;

/** The services used by the handlers. */
public record ApiServices(
        MediaJobService media,
        JobQueryRepository queries,
        JobControlService control,
        AdminServices admin,
        FormUploadService uploads,
        ResumableUploadService resumable,
        DirectUploadService direct,
        JobOptionsResolver optionsResolver,
        EventTicketService tickets,
        ObjectStore store,
        OutputUrls urls,
        ProcessInfo process) {}
