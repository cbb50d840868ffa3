package dev.morphene.rave.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetSplitTest {

  @Test
  void thePermutationIsThatOfTorchSeededWith42() {
    assertThat(DatasetSplit.permutation(20, 42))
        .containsExactly(2, 14, 18, 15, 1, 10, 0, 4, 6, 11, 8, 3, 7, 17, 13, 12, 19, 5, 16, 9);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "1, 1, 0",
    "2, 1, 1",
    "20, 19, 1",
    "51, 49, 2",
    "1000, 980, 20",
    "60000, 59000, 1000"
  })
  void trainingGetsNinetyEightPercentAndValidationAtMostAThousand(
      int size, int training, int validation) {
    DatasetSplit split = DatasetSplit.of(size);
    assertThat(split.training()).hasSize(training);
    assertThat(split.validation()).hasSize(validation);
  }

  @Property(tries = 50)
  void everyItemIsInExactlyOnePart(@ForAll @IntRange(min = 0, max = 5_000) int size) {
    DatasetSplit split = DatasetSplit.of(size);
    int[] all =
        IntStream.concat(Arrays.stream(split.training()), Arrays.stream(split.validation()))
            .sorted()
            .toArray();
    assertThat(all).isEqualTo(IntStream.range(0, size).toArray());
  }
}
