/** @file report.h
 * What the parts of `eotmc report` share. */
#ifndef EOT_HOST_CLI_REPORT_H
#define EOT_HOST_CLI_REPORT_H

#include <stdint.h>

#include "output/gnuplot.h"

/** Add the display of one primary of the run in a folder: its data as JSON, and the controls that report.js serves.
 * @param number of the display on the page. @return what replaying it returns. */
enum eot_status eot_report_event(struct eot_text *page, const char *folder, uint64_t event, int number,
                                 struct eot_error *err);

#endif
