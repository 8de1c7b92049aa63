package dev.sluice.app;

import dev.sluice.config.MediaConfig;
import dev.sluice.job.StageName;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.stage.Stage;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.SourceProvider;
import dev.sluice.stage.artifact.StagedObjectPromoter;
import dev.sluice.stage.artifact.StagingUploader;
import dev.sluice.stage.encode.EncodeOutputStore;
import dev.sluice.stage.encode.JoinStage;
import dev.sluice.stage.encode.OutputSizeEstimator;
import dev.sluice.stage.encode.ProcessingStage;
import dev.sluice.stage.encode.SegmentStage;
import dev.sluice.stage.encode.TaskArtifactFetcher;
import dev.sluice.stage.transfer.DownloadStage;
import dev.sluice.stage.transfer.UploadStage;
import dev.sluice.workspace.Workspace;

/** Builds the stages of the pipeline from the services of the process. */
final class StageFactory {
    private final Services services;
    private final MediaConfig media;
    private final Workspace workspace;
    private final SourceProvider source;
    private final StagingUploader stagingUploader;
    private final ArtifactStore artifactStore;
    private final OutputSizeEstimator sizeEstimator;
    private final EncodeOutputStore outputs;

    StageFactory(Services services) {
        this.services = services;
        this.media = services.config().media();
        this.workspace = services.storage().workspace();
        ObjectStore objectStore = services.storage().objectStore();
        this.source = new SourceProvider(
                objectStore,
                workspace,
                services.storage().sourceCache(),
                media.limits().maxBytes());
        this.stagingUploader =
                new StagingUploader(objectStore, services.storage().staging());
        this.artifactStore = switch (services.config().workspace().mode()) {
            case LOCAL -> new ArtifactStore.WorkspaceArtifactStore(workspace);
            case OBJECT_STORE -> new ArtifactStore.ObjectArtifactStore(stagingUploader, workspace);
        };
        this.sizeEstimator = new OutputSizeEstimator(media);
        this.outputs = new EncodeOutputStore(services.storage().keys(), artifactStore);
    }

    Stage download() {
        return new DownloadStage(
                source, workspace, services.media().prober(), services.media().workerPool());
    }

    Stage processing() {
        return new ProcessingStage(
                source,
                workspace,
                services.media().prober(),
                services.media().encoders().segmentPlanner(),
                services.media().encoders().encoder(),
                services.media().encoders().speedEstimator(),
                services.media().workerPool(),
                sizeEstimator,
                outputs,
                services.threadsPerEncode(StageName.PROCESSING));
    }

    Stage segment() {
        return new SegmentStage(
                source,
                workspace,
                services.media().prober(),
                media,
                services.media().encoders()::segmentEncoder,
                services.media().encoders().speedEstimator(),
                services.media().workerPool(),
                sizeEstimator,
                artifactStore,
                services.threadsPerEncode(StageName.SEGMENT));
    }

    Stage join() {
        return new JoinStage(
                services.runServices().runs().taskResults(),
                workspace,
                new TaskArtifactFetcher(
                        stagingUploader, workspace, services.media().workerPool()),
                media,
                services.media().encoders()::concatenator,
                services.media().workerPool(),
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
