// Weighted sums and concordances of many resamples at once, in float64.
//
// Each resample is a lane of its own and its sums are chains in the order of the groups, products
// and sums rounded one by one: neither the width of a vector nor the processor changes a bit.
#include "CKernels.h"

#if defined(__x86_64__)
#define EVERY_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EVERY_WIDTH
#endif

typedef double lanes __attribute__((vector_size(64), aligned(8)));

EVERY_WIDTH void resample_sums(
    const double *weights, const double *values, long groups, long vectors, double *sums) {
    const double *first = values, *second = values + groups, *third = values + 2 * groups;
    for (long v = 0; v < vectors; v++) {
        const lanes *weight = (const lanes *)weights + v * groups;
        lanes a = {0}, b = {0}, c = {0};
        for (long g = 0; g < groups; g++) {
            const lanes w = weight[g];
            a += first[g] * w;
            b += second[g] * w;
            c += third[g] * w;
        }
        ((lanes *)sums)[v] = a;
        ((lanes *)sums)[vectors + v] = b;
        ((lanes *)sums)[2 * vectors + v] = c;
    }
}

EVERY_WIDTH void resample_gold(const double *sums, long count, double *gold) {
    for (long i = 0; i < count; i++) {
        const double n = sums[i], x = sums[count + i], share = 1 / n, mean = x * share;
        gold[i] = n;
        gold[count + i] = x;
        gold[2 * count + i] = share;
        gold[3 * count + i] = mean;
        gold[4 * count + i] = sums[2 * count + i] - x * mean;
    }
}

EVERY_WIDTH void resample_concordance(
    const double *gold, const double *predicted, long count, struct concordance_form form,
    double *total, double *defined) {
    for (long i = 0; i < count; i++) {
        const double n = gold[i], sum = gold[count + i], share = gold[2 * count + i];
        const double mean = gold[3 * count + i], gold_squares = gold[4 * count + i];
        const double y = predicted[i] * share;
        const double bias = y - mean + form.offset;
        const double spread =
            gold_squares + (predicted[count + i] - predicted[i] * y);
        const double divisor = n - form.lost_in_variance;
        const double numerator = 2 * (predicted[2 * count + i] - sum * y)
            * (form.lost_in_covariance ? (n - 1) * share : 1.0);
        const double ccc = numerator / (spread + divisor * bias * bias);
        const int is_defined = (n > 1) & (spread + n * bias * bias > n * form.floor);
        total[i] += is_defined ? ccc : 0.0;
        defined[i] += is_defined ? 1.0 : 0.0;
    }
}
