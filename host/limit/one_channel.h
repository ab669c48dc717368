/** @file one_channel.h
 * Exact upper limits of one channel: n events seen where a background is expected that is known, or known from an
 * auxiliary measurement. Nothing is thrown: all outcomes (n, auxiliary datum) are summed with their probabilities.
 *
 * The test statistic is q-tilde (arXiv:1007.1727, eq. 16) with the auxiliary datum in its likelihood; nuisances are at
 * their conditional best values in each hypothesis, as pyhf's and RooStats' toys take them, so these limits are what
 * toys converge to. Outcomes count as equal where their q agree within 1e-9 (1 + q).
 *
 * Why it is quick: at fixed n, q does not fall with the auxiliary datum (its derivative is twice the difference of the
 * nuisance's best values with the signal free and held, and the larger signal has the smaller one), and at a fixed
 * datum it does not rise with n. So outcomes with q >= q_obs are those above a staircase, found by halving, and what is
 * left is one sum of tails over n. */
#ifndef EOT_HOST_LIMIT_ONE_CHANNEL_H
#define EOT_HOST_LIMIT_ONE_CHANNEL_H

#include "limit/answer.h"
#include "limit/spec.h"

/** The auxiliary measurement, with r the relative error of the background b:
 *  Poisson: m counts with mean g tau where tau = 1 / r^2, observed tau; the background is g b.
 *  log-normal: a normal with mean x and width 1, observed 0; the background is b (1 + r)^x.
 *  Gaussian: a normal with mean g and width r, observed 1; the background is g b, g >= 0. */
enum eot_channel_constraint {
#define EOT_CONSTRAINT(symbol, name, modifier) EOT_CHANNEL_##symbol,
#include "constraints.def"
#undef EOT_CONSTRAINT
    EOT_N_CHANNEL_CONSTRAINT
};
extern const char *const eot_channel_constraint_name[EOT_N_CHANNEL_CONSTRAINT];
/** The modifier that says the same in a workspace. */
enum eot_modifier_type eot_channel_constraint_modifier(enum eot_channel_constraint constraint);

struct eot_one_channel {
    double background, error; /* events; relative, 0: known */
    enum eot_channel_constraint constraint;
};

/** CLs of a signal of `signal` events for n seen (the auxiliary datum is what was expected). */
double eot_one_channel_cls(const struct eot_one_channel *channel, double n, double signal);

/** Limits in events. Expected ones: of the outcome at the quantile Phi(N) of n (known background), or of q from the
 * background-like end, without signal. @param n NAN: nothing seen yet; `observed` is then NAN and the nuisances of
 * expected limits are the nominal ones, else those of the fit without signal to the data. */
enum eot_status eot_one_channel_limit(const struct eot_one_channel *channel, double n, double level,
                                      struct eot_limit_answer *answer, struct eot_error *err);

/** The interval of Feldman and Cousins (Phys. Rev. D 57 (1998) 3873) for a known background; upper ends are made not
 * to rise with the background, as theirs are. */
struct eot_interval {
    double low, high;
};
struct eot_interval eot_feldman_cousins(unsigned n, double background, double level);

/** The same for an experiment: the interval's upper end as `observed`, and that of the n at the quantiles of the
 * background. The background counts as known. */
void eot_feldman_cousins_limit(double background, double n, double level, struct eot_limit_answer *answer, double *low);

#endif
