package dev.sluice.faults;

/** Something that goes wrong. It sees to it that all is well again when it is over. */
interface Fault {
    /** How what a fault met begins, when there was nothing for it to happen to. */
    String NOTHING = "nothing";

    String name();

    Target target();

    /** Happens, from beginning to end; gives what it met, or {@link #NOTHING} and why. */
    String happen(FaultContext context) throws Exception;

    /** What it happens to; faults of one target never overlap, but for workers, of which there are several. */
    enum Target {
        A_WORKER,
        RABBITMQ,
        POSTGRES,
        STORE,
        DISK,
        A_MESSAGE
    }
}
