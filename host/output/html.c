#include "output/html.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "output/figure_axes.h"
#include "output/format.h"

enum { LEFT = 62, TOP = 8, WIDTH = 420, HEIGHT = 230, LOG_ABOVE = 50, MAX_DECADES = 7 };

/* Bytes of the UTF-8 character that begins here, 0 if none does. */
static size_t utf8_length(const unsigned char *c) {
    size_t n = *c < 0x80                 ? 1
               : *c >= 0xc2 && *c < 0xe0 ? 2
               : *c >= 0xe0 && *c < 0xf0 ? 3
               : *c >= 0xf0 && *c < 0xf5 ? 4
                                         : 0;
    for (size_t i = 1; i < n; i++)
        if ((c[i] & 0xc0) != 0x80) return 0;
    return n;
}

void eot_html_add(struct eot_text *page, const char *plain) {
    for (const char *c = plain; *c != '\0';) {
        size_t n = utf8_length((const unsigned char *)c);
        if (*c == '&')
            eot_text_add(page, "&amp;");
        else if (*c == '<')
            eot_text_add(page, "&lt;");
        else if (*c == '>')
            eot_text_add(page, "&gt;");
        else if (*c == '"')
            eot_text_add(page, "&quot;");
        else if (*c == '\'')
            eot_text_add(page, "&#39;");
        else if (n == 0 || ((unsigned char)*c < 0x20 && *c != '\n' && *c != '\t'))
            eot_text_add(page, "?");
        else
            eot_text_add(page, "%.*s", (int)n, c);
        c += n > 0 ? n : 1;
    }
}

void eot_html_add_base64(struct eot_text *page, const unsigned char *bytes, size_t n) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char line[77];
    size_t used = 0;
    for (size_t i = 0; i < n; i += 3) {
        unsigned word = (unsigned)bytes[i] << 16 | (i + 1 < n ? (unsigned)bytes[i + 1] << 8 : 0) |
                        (i + 2 < n ? (unsigned)bytes[i + 2] : 0);
        for (int k = 0; k < 4; k++) line[used++] = i + (size_t)k > n ? '=' : digits[word >> (18 - 6 * k) & 63];
        if (used == 76 || i + 3 >= n) {
            eot_text_add(page, "%.*s", (int)used, line);
            used = 0;
        }
    }
}

/* From contents to places in the picture. */
struct plot {
    double low, high, bottom, top; /* of the axes */
    bool is_log, is_log_x;
};

static double place_x(const struct plot *p, double x) {
    double part = p->is_log_x ? log(x / p->low) / log(p->high / p->low) : (x - p->low) / (p->high - p->low);
    return LEFT + WIDTH * fmin(fmax(part, 0.0), 1.0);
}

static double place_y(const struct plot *p, double y) {
    double part = p->is_log ? log(fmax(y, p->bottom) / p->bottom) / log(p->top / p->bottom)
                            : (y - p->bottom) / (p->top - p->bottom);
    return TOP + HEIGHT * (1.0 - fmin(fmax(part, 0.0), 1.0));
}

static void find_plot(struct plot *p, const struct eot_histogram *h, const double *cut, size_t n_cut) {
    double smallest = DBL_MAX, largest = 0.0, highest = 0.0, from = DBL_MAX, to = -DBL_MAX;
    for (size_t i = 0; i < h->n_bin; i++) {
        if (!(h->values[i] > 0.0)) continue;
        smallest = fmin(smallest, h->values[i]);
        largest = fmax(largest, h->values[i]);
        highest = fmax(highest, h->values[i] + sqrt(h->variances[i]));
        from = fmin(from, h->edges[i]);
        to = fmax(to, h->edges[i + 1]);
    }
    for (size_t k = 0; k < n_cut; k++) {
        from = fmin(from, cut[k]);
        to = fmax(to, cut[k]);
    }
    if (from >= to) from = h->edges[0], to = h->edges[h->n_bin];
    p->low = h->edges[0] == 0.0 ? 0.0 : from;
    p->high = to;
    p->is_log_x = p->low > 0.0 && p->high / p->low > 20.0 && !eot_histogram_is_regular(h);
    p->is_log = largest > 0.0 && largest / smallest > LOG_ABOVE;
    p->top = highest > 0.0 ? highest * (p->is_log ? 2.0 : 1.08) : 1.0;
    p->bottom = p->is_log ? fmax(0.5 * smallest, largest * pow(10.0, -MAX_DECADES)) : 0.0;
}

/* A round step that gives 4 to 9 ticks. */
static double tick_step(double span) {
    double step = pow(10.0, floor(log10(span / 4.0)));
    return span / step > 20.0 ? 5.0 * step : span / step > 8.0 ? 2.0 * step : step;
}

static void add_tick_x(struct eot_text *page, const struct plot *p, double x) {
    double at = place_x(p, x);
    eot_text_add(
        page, "<path class=\"axis\" d=\"M%.1f %d v5\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.6g</text>\n",
        at, TOP + HEIGHT, at, TOP + HEIGHT + 18, x);
}

static void add_ticks(struct eot_text *page, const struct plot *p) {
    double step = tick_step(p->high - p->low);
    for (int power = (int)floor(log10(p->low > 0.0 ? p->low : 1.0)); p->is_log_x && pow(10.0, power) <= p->high;
         power++)
        for (int digit = 1; digit <= 3; digit += 2) {
            double x = digit * pow(10.0, power);
            if (x >= p->low && x <= p->high) add_tick_x(page, p, x);
        }
    for (int k = (int)ceil(p->low / step); !p->is_log_x && k * step <= p->high + 1e-9 * step; k++)
        add_tick_x(page, p, k * step);
    if (p->is_log) {
        int first = (int)ceil(log10(p->bottom)), last = (int)floor(log10(p->top));
        for (int power = first; power <= last; power++)
            eot_text_add(
                page,
                "<path class=\"axis\" d=\"M%d %.1f h-5\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">1e%d</text>\n",
                LEFT, place_y(p, pow(10.0, power)), LEFT - 8, place_y(p, pow(10.0, power)) + 4.0, power);
        return;
    }
    step = tick_step(p->top);
    for (int k = 0; k * step <= p->top; k++)
        eot_text_add(
            page,
            "<path class=\"axis\" d=\"M%d %.1f h-5\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n",
            LEFT, place_y(p, k * step), LEFT - 8, place_y(p, k * step) + 4.0, k * step);
}

static void add_outline(struct eot_text *page, const struct plot *p, const struct eot_histogram *h) {
    bool is_open = false;
    eot_text_add(page, "<path class=\"outline\" d=\"");
    for (size_t i = 0; i < h->n_bin; i++) {
        bool is_drawn = h->edges[i + 1] > p->low && h->edges[i] < p->high && (!p->is_log || h->values[i] > 0.0);
        if (is_drawn)
            eot_text_add(page, "%s%.1f %.1f H%.1f ", is_open ? "L" : "M", place_x(p, h->edges[i]),
                         place_y(p, h->values[i]), place_x(p, h->edges[i + 1]));
        is_open = is_drawn;
    }
    eot_text_add(page, "\"/>\n");
}

static void add_bins(struct eot_text *page, const struct plot *p, const struct eot_histogram *h) {
    const char *unit = eot_figure_unit(h->unit), *content_unit = eot_figure_unit(h->content_unit);
    for (size_t i = 0; i < h->n_bin; i++) {
        double x = place_x(p, h->edges[i]), width = place_x(p, h->edges[i + 1]) - x, y = place_y(p, h->values[i]),
               error = sqrt(h->variances[i]);
        char number[96];
        if (h->edges[i + 1] <= p->low || h->edges[i] >= p->high) continue;
        eot_uncertain_format(number, sizeof number, h->values[i], error, EOT_FORMAT_PLAIN);
        if (h->values[i] > 0.0) {
            eot_text_add(page, "<rect class=\"area\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", x, y,
                         width, TOP + HEIGHT - y);
            eot_text_add(page, "<path class=\"error\" d=\"M%.1f %.1f V%.1f\"/>", x + 0.5 * width,
                         place_y(p, h->values[i] - error), place_y(p, h->values[i] + error));
        }
        eot_text_add(page, "<rect class=\"bin\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%.6g to %.6g ",
                     x, TOP, width, HEIGHT, h->edges[i], h->edges[i + 1]);
        eot_html_add(page, unit);
        eot_text_add(page, ": %s ", number);
        eot_html_add(page, content_unit);
        eot_text_add(page, "</title></rect>\n");
    }
}

void eot_html_add_histogram(struct eot_text *page, const struct eot_histogram *h, const double *cut, size_t n_cut) {
    struct plot p;
    const char *unit = eot_figure_unit(h->unit), *content_unit = eot_figure_unit(h->content_unit);
    find_plot(&p, h, cut, n_cut);
    eot_text_add(page, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", LEFT + WIDTH + 14, TOP + HEIGHT + 42);
    eot_html_add(page, h->title[0] != '\0' ? h->title : h->name);
    eot_text_add(page, "\">\n");
    add_bins(page, &p, h);
    add_outline(page, &p, h);
    for (size_t k = 0; k < n_cut; k++)
        eot_text_add(page, "<path class=\"cut\" d=\"M%.1f %d v%d\"><title>cut at %.6g</title></path>\n",
                     place_x(&p, cut[k]), TOP, HEIGHT, cut[k]);
    eot_text_add(page, "<rect class=\"axis\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" pointer-events=\"none\"/>\n",
                 LEFT, TOP, WIDTH, HEIGHT);
    add_ticks(page, &p);
    eot_text_add(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", LEFT + WIDTH / 2, TOP + HEIGHT + 37);
    eot_html_add(page, h->axis[0] != '\0' ? h->axis : h->name);
    if (unit[0] != '\0') eot_text_add(page, " [%s]", unit);
    eot_text_add(page, "</text>\n<text transform=\"translate(12 %d) rotate(-90)\" text-anchor=\"middle\">",
                 TOP + HEIGHT / 2);
    eot_html_add(page, h->content[0] != '\0' ? h->content : "entries");
    if (content_unit[0] != '\0') eot_text_add(page, " [%s]", content_unit);
    eot_text_add(page, "</text>\n</svg>\n");
}
