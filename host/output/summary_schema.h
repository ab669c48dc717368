/** @file summary_schema.h
 * The schema of summary.json, of its writer and its reader. */
#ifndef EOT_HOST_OUTPUT_SUMMARY_SCHEMA_H
#define EOT_HOST_OUTPUT_SUMMARY_SCHEMA_H

#define SCHEMA_NAME "eotmc-summary/"
#define SCHEMA_MAJOR 2 /* raised with SCHEMA */
#define SCHEMA "eotmc-summary/2"
#define SCHEMA_OLDEST 1 /* that the reader takes: histograms had edges, values and variances, not the form of UHI */

#endif
