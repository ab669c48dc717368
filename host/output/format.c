#include "output/format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGIT 17 /* behind the leading one: what a double can hold */

/** The power of ten of a number as it prints with n digits after the leading one: 9.996 with 2 is 1.00e1. */
static int decimal_exponent(double x, int n_digit) {
    char text[64];
    snprintf(text, sizeof text, "%.*e", n_digit < MAX_DIGIT ? n_digit : MAX_DIGIT, x);
    return atoi(strchr(text, 'e') + 1);
}

/** The place (power of ten) of the last digit that the error keeps. */
static int last_place(double error) {
    int e = decimal_exponent(error, 2);
    double three = round(error / pow(10.0, e - 2));
    return three <= 354.0 ? e - 1 : e; /* 950 to 999 round to 1.0e(e+1): also place e */
}

/** The sign of an exponent: in figures the true minus, which gnuplot's own tic labels have too. */
static const char *minus(int exponent, enum eot_format_style style) {
    return exponent >= 0 ? "" : style == EOT_FORMAT_PLAIN ? "-" : "−";
}

static void format_exact(char *text, size_t n_text, double value, enum eot_format_style style) {
    char number[40];
    snprintf(number, sizeof number, "%.6g", value);
    char *e = strchr(number, 'e');
    if (e == NULL) {
        snprintf(text, n_text, "%s", number);
        return;
    }
    *e = '\0';
    snprintf(text, n_text, style == EOT_FORMAT_PLAIN ? "%se%s%d" : "%s×10^{%s%d}", number, minus(atoi(e + 1), style),
             abs(atoi(e + 1)));
}

void eot_uncertain_format(char *text, size_t n_text, double value, double error, enum eot_format_style style) {
    const char *sign = style == EOT_FORMAT_PLAIN ? "+-" : "±";
    if (!isfinite(value) || !isfinite(error) || error < 0.0) {
        snprintf(text, n_text, "%g %s %g", value, sign, error);
        return;
    }
    if (error == 0.0) {
        format_exact(text, n_text, value, style);
        return;
    }
    int last = last_place(error), top = decimal_exponent(error, 1);
    if (value != 0.0) {
        /* The true power; rounding to the last place may raise it: 9.9999e-5 +- 4e-8 is 1.0000e-4. */
        int v = decimal_exponent(value, 16);
        if (v >= last) v = decimal_exponent(value, v - last);
        if (v > top) top = v;
    }
    if (top - last > MAX_DIGIT) { /* the error is far below what the value can show */
        snprintf(text, n_text, "%.17g %s %.2g", value, sign, error);
        return;
    }
    if (top >= -2 && top <= 4 && last <= 0) {
        snprintf(text, n_text, "%.*f %s %.*f", -last, value, sign, -last, error);
        return;
    }
    double scale = pow(10.0, top);
    int n_digit = top > last ? top - last : 0;
    snprintf(text, n_text, style == EOT_FORMAT_PLAIN ? "(%.*f %s %.*f)e%s%d" : "(%.*f %s %.*f)×10^{%s%d}", n_digit,
             value / scale, sign, n_digit, error / scale, minus(top, style), abs(top));
}
