// Statistics of the losses, in float64, frame after frame: the order is the batch's own.
#include "kernels.h"

static long row_of(const struct frame_set *frames, long t) {
    return frames->offsets ? frames->offsets[t] + frames->sequence : t;
}

static int counts(const struct frame_set *frames, long row) {
    return !frames->valid || frames->valid[row];
}

void column_moments(
    struct frame_set frames, const float *gold, const float *predicted, long step,
    struct moments *out) {
    struct moments m = {0};
    for (long t = 0; t < frames.count; t++) {
        const long row = row_of(&frames, t);
        if (!counts(&frames, row)) continue;
        const float g = gold[row * step], p = predicted[row * step];
        if (m.count == 0 || g < m.gold_low) m.gold_low = g;
        if (m.count == 0 || g > m.gold_high) m.gold_high = g;
        if (m.count == 0 || p < m.predicted_low) m.predicted_low = p;
        if (m.count == 0 || p > m.predicted_high) m.predicted_high = p;
        m.gold_mean += g;
        m.predicted_mean += p;
        m.count += 1;
    }
    if (m.count > 0) {
        m.gold_mean /= (double)m.count;
        m.predicted_mean /= (double)m.count;
    }
    // The mean of equal values need not be that value in floating point.
    if (m.gold_low == m.gold_high) m.gold_mean = m.gold_low;
    if (m.predicted_low == m.predicted_high) m.predicted_mean = m.predicted_low;
    for (long t = 0; t < frames.count; t++) {
        const long row = row_of(&frames, t);
        if (!counts(&frames, row)) continue;
        const double g = gold[row * step] - m.gold_mean;
        const double p = predicted[row * step] - m.predicted_mean;
        m.gold_squares += g * g;
        m.predicted_squares += p * p;
        m.products += g * p;
    }
    *out = m;
}

void concordance_gradient(
    struct frame_set frames, const float *gold, const float *predicted, long step, double factor,
    double ccc, double gold_mean, float *out) {
    for (long t = 0; t < frames.count; t++) {
        const long row = row_of(&frames, t);
        if (!counts(&frames, row)) continue;
        const double g = gold[row * step] - gold_mean, p = predicted[row * step] - gold_mean;
        out[row * step] = (float)(factor * (g - ccc * p));
    }
}

double squared_error(
    struct frame_set frames, const float *gold, const float *predicted, long step, double factor,
    float *out) {
    double total = 0;
    for (long t = 0; t < frames.count; t++) {
        const long row = row_of(&frames, t);
        if (!counts(&frames, row)) continue;
        const double difference = (double)predicted[row * step] - gold[row * step];
        total += difference * difference;
        out[row * step] = (float)(factor * difference);
    }
    return total;
}
