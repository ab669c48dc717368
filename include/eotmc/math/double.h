/** @file double.h
 * Logarithm, exponential and the quantile of the normal distribution in double precision, with the same bits on every
 * device and on the host: only additions, products, quotients and square roots, all of which are correctly rounded.
 * Source of logarithm and exponential: fdlibm (Sun Microsystems, 1993; netlib.org/fdlibm), files e_log and e_exp. */
#ifndef EOT_MATH_DOUBLE_H
#define EOT_MATH_DOUBLE_H

#include "eotmc/base/portable.h"

/** Natural logarithm. @param x normal positive number. @return ln x, error below 1 ulp. */
EOT_FN f64 eot_log64(f64 x) {
    u64 bits = eot_f64_bits(x), shifted = bits - 0x3fe6a09e667f3bcdu; /* mantissa in [sqrt(1/2), sqrt(2)) */
    f64 k = (f64)((i64)shifted >> 52);
    f64 f = eot_f64_from_bits((shifted & 0xfffffffffffffu) + 0x3fe6a09e667f3bcdu) - D(1.0);
    f64 s = f / (D(2.0) + f), z = s * s, w = z * z;
    f64 t1 = w * (D(3.999999999940941908e-01) + w * (D(2.222219843214978396e-01) + w * D(1.531383769920937332e-01)));
    f64 t2 =
        z * (D(6.666666666666735130e-01) +
             w * (D(2.857142874366239149e-01) + w * (D(1.818357216161805012e-01) + w * D(1.479819860511658591e-01))));
    f64 halved = D(0.5) * f * f;
    return k * D(6.93147180369123816490e-01) -
           ((halved - (s * (halved + t1 + t2) + k * D(1.90821492927058770002e-10))) - f);
}

/** Exponential. @return e^x, error below 1 ulp; e^-700 and e^700 beyond these. */
EOT_FN f64 eot_exp64(f64 x) {
    x = x < D(-700.0) ? D(-700.0) : x > D(700.0) ? D(700.0) : x;
    i64 k = (i64)(x * D(1.44269504088896338700) + D(1024.5)) - 1024;
    f64 high = x - (f64)k * D(6.93147180369123816490e-01), low = (f64)k * D(1.90821492927058770002e-10);
    f64 r = high - low, t = r * r;
    f64 c = r - t * (D(1.66666666666666019037e-01) +
                     t * (D(-2.77777777770155933842e-03) +
                          t * (D(6.61375632143793436117e-05) +
                               t * (D(-1.65339022054652515390e-06) + t * D(4.13813679705723846039e-08)))));
    f64 y = D(1.0) - ((low - (r * c) / (D(2.0) - c)) - high);
    return y * eot_f64_from_bits((u64)(k + 1023) << 52);
}

/** Uniform number in the open interval (0, 1) from 53 of 64 random bits, at the cell centres. */
EOT_FN f64 eot_uniform64(u32 high, u32 low) {
    u64 bits = ((u64)high << 32 | low) >> 12; /* 52 bits: with a half added they are still exact */
    return ((f64)bits + D(0.5)) * D(2.220446049250313e-16);
}

/** Quantile of the standard normal distribution, relative error about 1e-16: M. J. Wichura, Algorithm AS 241 (PPND16),
 * Applied Statistics 37 (1988) 477. @param p in (0, 1). */
EOT_FN f64 eot_normal_quantile(f64 p) {
    f64 q = p - D(0.5);
    if (q <= D(0.425) && q >= D(-0.425)) {
        f64 r = D(0.180625) - q * q;
        f64 above = D(2509.0809287301226727) * r + D(33430.575583588128105);
        f64 below = D(5226.495278852545925) * r + D(28729.085735721942674);
        above = ((((((above * r + D(67265.770927008700853)) * r + D(45921.953931549871457)) * r +
                    D(13731.693765509461125)) *
                       r +
                   D(1971.5909503065514427)) *
                      r +
                  D(133.14166789178437745)) *
                     r +
                 D(3.387132872796366608));
        below =
            ((((((below * r + D(39307.89580009271061)) * r + D(21213.794301586595867)) * r + D(5394.1960214247511077)) *
                   r +
               D(687.1870074920579083)) *
                  r +
              D(42.313330701600911252)) *
                 r +
             D(1.0));
        return q * above / below;
    }
    f64 tail = q < D(0.0) ? p : D(1.0) - p, r = sqrt(-eot_log64(tail)), x;
    if (r <= D(5.0)) {
        r -= D(1.6);
        f64 above = D(7.7454501427834140764e-4) * r + D(0.0227238449892691845833);
        f64 below = D(1.05075007164441684324e-9) * r + D(5.475938084995344946e-4);
        above = ((((((above * r + D(0.24178072517745061177)) * r + D(1.27045825245236838258)) * r +
                    D(3.64784832476320460504)) *
                       r +
                   D(5.7694972214606914055)) *
                      r +
                  D(4.6303378461565452959)) *
                     r +
                 D(1.42343711074968357734));
        below = ((((((below * r + D(0.0151986665636164571966)) * r + D(0.14810397642748007459)) * r +
                    D(0.68976733498510000455)) *
                       r +
                   D(1.6763848301838038494)) *
                      r +
                  D(2.05319162663775882187)) *
                     r +
                 D(1.0));
        x = above / below;
    } else {
        r -= D(5.0);
        f64 above = D(2.01033439929228813265e-7) * r + D(2.71155556874348757815e-5);
        f64 below = D(2.04426310338993978564e-15) * r + D(1.4215117583164458887e-7);
        above = ((((((above * r + D(0.0012426609473880784386)) * r + D(0.026532189526576123093)) * r +
                    D(0.29656057182850489123)) *
                       r +
                   D(1.7848265399172913358)) *
                      r +
                  D(5.4637849111641143699)) *
                     r +
                 D(6.6579046435011037772));
        below = ((((((below * r + D(1.8463183175100546818e-5)) * r + D(7.868691311456132591e-4)) * r +
                    D(0.0148753612908506148525)) *
                       r +
                   D(0.13692988092273580531)) *
                      r +
                  D(0.59983220655588793769)) *
                     r +
                 D(1.0));
        x = above / below;
    }
    return q < D(0.0) ? -x : x;
}

#endif
