package dev.sluice;

import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.broker.TestBroker;
import dev.sluice.endtoend.PipelineFixture;
import dev.sluice.objectstore.s3.TestBucket;
import dev.sluice.common.async.Await;
import dev.sluice.persistence.Store;
import dev.sluice.persistence.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.junit5.ScopedObject;
import io.vertx.junit5.VertxExtension;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Provides parameters that are new for each test (or for each class, where a static method or the constructor has them) and
 * closed after it: {@link TestDatabase}, an empty database; {@link Store}, repositories with their schema in it, on the
 * {@link Vertx} of an earlier parameter; {@link TestBucket}, an empty bucket; {@link PipelineFixture}. Servers are shared, also the {@link TestBroker}, whose queues are
 * deleted before the test.
 */
public final class ServicesExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ServicesExtension.class);
    private static final Set<Class<?>> TYPES =
            Set.of(TestBroker.class, TestDatabase.class, Store.class, TestBucket.class, PipelineFixture.class);

    /** A pipeline on RabbitMQ where it is installed, in place of the embedded broker. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.PARAMETER)
    public @interface OnRabbitMq {}

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == TestBroker.class) {
            return SharedServices.embeddedBroker();
        }
        boolean onRabbitMq = parameter.isAnnotated(OnRabbitMq.class);
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(type, wanted -> create(wanted, onRabbitMq, context));
    }

    private static Object create(Class<?> type, boolean onRabbitMq, ExtensionContext context) {
        try {
            if (type == TestDatabase.class) {
                return SharedServices.newDatabase();
            }
            if (type == TestBucket.class) {
                return SharedServices.newBucket();
            }
            if (type == Store.class) {
                return Await.await(Store.open(vertx(context), database(context).config()));
            }
            return PipelineFixture.on(onRabbitMq ? SharedServices.rabbitMq() : SharedServices.embeddedBroker());
        } catch (Exception cause) {
            throw new IllegalStateException(type.getSimpleName() + " not created", cause);
        }
    }

    private static TestDatabase database(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(TestDatabase.class, type -> SharedServices.newDatabase(), TestDatabase.class);
    }

    private static Vertx vertx(ExtensionContext context) {
        return (Vertx) context.getStore(Namespace.GLOBAL)
                .get(VertxExtension.VERTX_INSTANCE_KEY, ScopedObject.class)
                .get();
    }
}
