package dev.morphene.embedded;

import java.lang.reflect.Field;
import org.apache.qpid.server.SystemLauncherListener;
import org.apache.qpid.server.model.Container;
import org.apache.qpid.server.model.SystemConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Qpid closes itself when the JVM is told to end, side by side with everything that still wants to
 * publish. Its owner closes it last instead, so the hook is taken out; Qpid has no setting for
 * that.
 */
final class BrokerShutdownHook extends SystemLauncherListener.DefaultSystemLauncherListener {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerShutdownHook.class);
  private static final String FIELD = "_shutdownHook";

  private SystemConfig<?> system;

  @Override
  public void onContainerResolve(SystemConfig<?> resolved) {
    system = resolved;
  }

  /**
   * Call it once the broker is up. Where Qpid has changed inside, the hook stays and the log says
   * so.
   */
  void remove() {
    Container<?> container = system == null ? null : system.getContainer();
    for (Class<?> type = container == null ? null : container.getClass();
        type != null;
        type = type.getSuperclass()) {
      try {
        Field field = type.getDeclaredField(FIELD);
        field.setAccessible(true);
        if (Runtime.getRuntime().removeShutdownHook((Thread) field.get(container))) {
          return;
        }
      } catch (NoSuchFieldException elsewhere) {
        // A superclass has it.
      } catch (ReflectiveOperationException | RuntimeException cause) {
        LOG.warn("The embedded broker's own shutdown hook could not be removed.", cause);
        return;
      }
    }
    LOG.warn("The embedded broker's own shutdown hook was not found.");
  }
}
