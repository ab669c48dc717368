#include "base/progress.h"

#include "base/clock.h"

#include <string.h>
#include <unistd.h>

#define IN_PLACE_INTERVAL 0.2
#define FIRST_PLAIN_INTERVAL 2.0
#define LAST_PLAIN_INTERVAL 60.0

enum eot_progress_mode eot_progress_mode_from_text(const char *text) {
    if (strcmp(text, "plain") == 0) return EOT_PROGRESS_PLAIN;
    if (strcmp(text, "none") == 0) return EOT_PROGRESS_NONE;
    return EOT_PROGRESS_AUTO;
}

void eot_duration_format(char *text, size_t n_text, double seconds) {
    if (!(seconds >= 0.0 && seconds < 1000.0 * 365.25 * 86400.0)) {
        snprintf(text, n_text, "unknown");
        return;
    }
    unsigned long long s = (unsigned long long)(seconds + 0.5);
    if (s < 60)
        snprintf(text, n_text, "%llu s", s);
    else if (s < 3600)
        snprintf(text, n_text, "%llu min %02llu s", s / 60, s % 60);
    else if (s < 86400)
        snprintf(text, n_text, "%llu h %02llu min", s / 3600, s % 3600 / 60);
    else
        snprintf(text, n_text, "%llu d %02llu h", s / 86400, s % 86400 / 3600);
}

void eot_progress_format(char *text, size_t n_text, const char *unit, uint64_t done, uint64_t total, uint64_t before,
                         double elapsed, bool is_final) {
    char time_text[32];
    double percent = total > 0 ? 100.0 * (double)done / (double)total : 100.0;
    /* 100 % is said only when it is: 99.96 must not round up to it */
    if (done < total && percent > 99.9) percent = 99.9;
    double rate = done > before && elapsed > 0.0 ? (double)(done - before) / elapsed : 0.0;
    double left = done >= total ? 0.0 : rate > 0.0 ? (double)(total - done) / rate : -1.0;
    eot_duration_format(time_text, sizeof time_text, is_final ? elapsed : left);
    snprintf(text, n_text, "%.4g / %.4g %s (%.1f %%), %.3g %s/s, %s %s", (double)done, (double)total, unit, percent,
             rate, unit, is_final ? "in" : "ETA", time_text);
}

void eot_progress_start(struct eot_progress *progress, enum eot_progress_mode mode, const char *unit, uint64_t total,
                        uint64_t before) {
    *progress = (struct eot_progress){
        .out = stderr, .mode = mode, .unit = unit, .total = total, .before = before, .start = eot_clock_seconds()};
    if (mode == EOT_PROGRESS_AUTO && !isatty(fileno(stderr))) progress->mode = EOT_PROGRESS_PLAIN;
    progress->interval = progress->mode == EOT_PROGRESS_AUTO ? IN_PLACE_INTERVAL : FIRST_PLAIN_INTERVAL;
    progress->due = progress->start + progress->interval;
}

static void print_line(struct eot_progress *progress, uint64_t done, double now, bool is_final) {
    char text[160];
    eot_progress_format(text, sizeof text, progress->unit, done, progress->total, progress->before,
                        now - progress->start - progress->compiling, is_final);
    if (progress->mode == EOT_PROGRESS_AUTO) {
        int n = (int)strlen(text);
        fprintf(progress->out, "\r%s%*s", text, progress->width > n ? progress->width - n : 0, "");
        progress->width = n;
        if (is_final) fputc('\n', progress->out);
    } else
        fprintf(progress->out, "%s\n", text);
    fflush(progress->out);
}

void eot_progress_update_at(struct eot_progress *progress, uint64_t done, double now) {
    if (progress->mode == EOT_PROGRESS_NONE || now < progress->due) return;
    print_line(progress, done, now, false);
    if (progress->mode == EOT_PROGRESS_PLAIN && progress->interval < LAST_PLAIN_INTERVAL)
        progress->interval =
            2.0 * progress->interval < LAST_PLAIN_INTERVAL ? 2.0 * progress->interval : LAST_PLAIN_INTERVAL;
    progress->due = now + progress->interval;
}

void eot_progress_update(struct eot_progress *progress, uint64_t done) {
    eot_progress_update_at(progress, done, eot_clock_seconds());
}

void eot_progress_finish(struct eot_progress *progress, uint64_t done) {
    if (progress->mode == EOT_PROGRESS_NONE) return;
    print_line(progress, done, eot_clock_seconds(), true);
    progress->width = 0;
    progress->mode = EOT_PROGRESS_NONE;
}

void eot_progress_clear(struct eot_progress *progress) {
    if (progress->mode != EOT_PROGRESS_AUTO || progress->width == 0) return;
    fprintf(progress->out, "\r%*s\r", progress->width, "");
    fflush(progress->out);
    progress->width = 0;
}
