package dev.sluice.faults;

/** A fault that can be injected. It restores the normal state at its end. */
interface Fault {
    /** Prefix of the outcome of a fault that had no effect. */
    String NOTHING = "nothing";

    String name();

    Target target();

    /** Injects the fault and waits for its end; returns its effect, or {@link #NOTHING} and the reason. */
    String inject(FaultContext context) throws Exception;

    /** Target of a fault. Faults of one target never overlap, except on different workers. */
    enum Target {
        A_WORKER,
        RABBITMQ,
        POSTGRES,
        STORE,
        DISK,
        CLUSTER,
        A_MESSAGE
    }
}
