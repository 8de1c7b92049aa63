package dev.sluice.app;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.text.TextTrackExtractor;
import dev.sluice.job.StageName;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.stage.Stage;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.SourceProvider;
import dev.sluice.stage.artifact.StagedObjectPromoter;
import dev.sluice.stage.artifact.StagingUploader;
import dev.sluice.stage.encode.EncodeOutputStore;
import dev.sluice.stage.encode.EncodeServices;
import dev.sluice.stage.encode.GrowingPieces;
import dev.sluice.stage.encode.JoinStage;
import dev.sluice.stage.encode.ProcessingStage;
import dev.sluice.stage.encode.SegmentStage;
import dev.sluice.stage.encode.TaskArtifactFetcher;
import dev.sluice.stage.transfer.DownloadStage;
import dev.sluice.stage.transfer.UploadStage;
import dev.sluice.workspace.Workspace;
import io.vertx.core.WorkerExecutor;

/** Builds the stages of the pipeline from the services of the process. */
final class StageFactory {
    private final Services services;
    private final WorkerExecutor workers;
    private final Workspace workspace;
    private final StagingUploader stagingUploader;
    private final EncodeServices encodeServices;
    private final EncodeOutputStore outputs;

    /** @param workers threads for the blocking work of the stages */
    StageFactory(Services services, WorkerExecutor workers) {
        this.services = services;
        this.workers = workers;
        this.workspace = services.storage().workspace();
        ObjectStore objectStore = services.storage().objectStore();
        MediaConfig.Limits limits = services.config().media().limits();
        this.stagingUploader =
                new StagingUploader(objectStore, services.storage().staging());
        this.encodeServices = new EncodeServices(
                new SourceProvider(objectStore, workspace, services.storage().sourceCache(), limits.maxBytes()),
                workspace,
                services.media().prober(),
                workers,
                new TextTrackExtractor(
                        services.media().encoders().ffmpeg(),
                        services.config().ffmpeg().probeTimeout(),
                        limits),
                services.config().profiles());
        this.outputs = new EncodeOutputStore(services.storage().keys(), artifactStore(false), workers);
    }

    private ArtifactStore artifactStore(boolean keepsCopies) {
        return switch (services.config().workspace().mode()) {
            case LOCAL -> new ArtifactStore.WorkspaceArtifactStore(workspace);
            case OBJECT_STORE -> new ArtifactStore.ObjectArtifactStore(stagingUploader, workspace, keepsCopies);
        };
    }

    Stage download() {
        return new DownloadStage(
                encodeServices.sources(), workspace, services.media().prober(), workers);
    }

    Stage processing() {
        int threads = services.threadsPerEncode(StageName.PROCESSING);
        return new ProcessingStage(
                encodeServices,
                services.media().encoders().segmentPlanner(threads),
                settings -> services.media().encoders().trial(settings, threads),
                services.media().encoders()::renditionEncoder,
                outputs,
                threads);
    }

    Stage segment() {
        return new SegmentStage(
                encodeServices,
                services.media().encoders()::segmentEncoder,
                artifactStore(true),
                services.threadsPerEncode(StageName.SEGMENT),
                new GrowingPieces(
                        services.storage().objectStore(),
                        services.storage().keys(),
                        workers,
                        services.config().media()),
                services.growingStreamPublisher()::grow);
    }

    Stage join() {
        return new JoinStage(
                encodeServices,
                new TaskArtifactFetcher(stagingUploader, workspace, workers),
                services.media().encoders()::concatenator,
                outputs);
    }

    Stage upload() {
        return new UploadStage(
                stagingUploader,
                new StagedObjectPromoter(services.storage().objectStore()),
                workspace,
                services.storage().keys());
    }
}
