package dev.sluice.job;

/** Is told when a delivery passes a milestone. In production nobody listens; tests of faults stop the process there. */
public interface DeliveryStepListener {
    /** Nobody listens. */
    DeliveryStepListener NOOP = step -> {};

    /** Called on an event loop, before the next step begins. */
    void onStep(DeliveryStep step);
}
