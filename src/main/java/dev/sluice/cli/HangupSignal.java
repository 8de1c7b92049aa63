package dev.sluice.cli;

import io.vertx.core.Future;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGHUP, which otherwise ends the process. */
final class HangupSignal {
    private static final Logger LOG = LoggerFactory.getLogger(HangupSignal.class);

    private HangupSignal() {}

    /** Runs {@code action}, which never fails, at each signal. The class of the JDK has no supported name at compile time. */
    static void onSignal(Supplier<Future<Void>> action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            InvocationHandler handler = (proxy, method, arguments) -> {
                LOG.atInfo().log("SIGHUP received");
                action.get().onSuccess(done -> LOG.atDebug().log("SIGHUP handled"));
                return null;
            };
            Object proxy =
                    Proxy.newProxyInstance(HangupSignal.class.getClassLoader(), new Class<?>[] {handlerType}, handler);
            signal.getMethod("handle", signal, handlerType)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException unsupported) {
            LOG.atDebug().setCause(unsupported).log("SIGHUP cannot be handled on this platform");
        }
    }
}
