package dev.sluice.faults;

import java.time.Duration;

/** The disk of all workers is full to the last byte for a while: what is being written fails, and nothing new begins. */
record DiskFull() implements Fault {
    @Override
    public String name() {
        return "disk full";
    }

    @Override
    public Target target() {
        return Target.DISK;
    }

    @Override
    public String inject(FaultContext context) throws Exception {
        SmallDisk disk = context.scenario().disk();
        if (!disk.isMounted()) {
            return NOTHING + ": no disk mounted";
        }
        Duration length = context.between(3, 8);
        disk.keepFull(length, context.over());
        return "for " + length.toSeconds() + " s";
    }
}
