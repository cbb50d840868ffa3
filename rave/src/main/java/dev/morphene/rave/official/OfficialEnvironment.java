package dev.morphene.rave.official;

import dev.morphene.rave.process.FailureClass;
import dev.morphene.rave.process.JobFailure;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the official program finds in its environment. */
final class OfficialEnvironment {
  static final String VISIBLE_GPUS = "CUDA_VISIBLE_DEVICES";

  private static final Pattern CUDA_DEVICE = Pattern.compile("cuda:(\\d{1,4})");

  private OfficialEnvironment() {}

  /**
   * This process's environment without what is none of the program's business, and with the one GPU
   * that the job may use.
   *
   * @param device {@code cpu} or {@code cuda:N}, N counted among the GPUs that this process sees
   * @throws JobFailure BAD_INPUT for another device
   */
  static Map<String, String> of(Map<String, String> inherited, String device, int threads) {
    Map<String, String> environment = new TreeMap<>(inherited);
    // Leases and tokens are ours. Under SLURM's variables Lightning ignores SIGTERM.
    environment
        .keySet()
        .removeIf(name -> name.startsWith("MORPHENE_") || name.startsWith("SLURM_"));
    environment.put("PYTHONUNBUFFERED", "1");
    environment.put("PYTHONIOENCODING", "utf-8");
    environment.put("OMP_NUM_THREADS", Integer.toString(threads));
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
    environment.put(VISIBLE_GPUS, visibleGpu(inherited.get(VISIBLE_GPUS), device));
    return environment;
  }

  /** A UUID stays one: the number of a GPU may differ between the driver and the program. */
  private static String visibleGpu(String visible, String device) {
    if (device.equals("cpu")) {
      return "";
    }
    Matcher matcher = CUDA_DEVICE.matcher(device);
    if (!matcher.matches()) {
      throw new JobFailure(
          FailureClass.BAD_INPUT, "A device is cpu or cuda:N; got \"" + device + "\".");
    }
    int number = Integer.parseInt(matcher.group(1));
    if (visible == null) {
      return Integer.toString(number);
    }
    String[] names = visible.split(",");
    if (number >= names.length || names[number].isBlank()) {
      throw new JobFailure(
          FailureClass.BAD_INPUT,
          "The device "
              + device
              + " is not among "
              + VISIBLE_GPUS
              + "="
              + visible
              + "; name one that is or use cpu.");
    }
    return names[number].strip();
  }
}
