/** @file summary_schema.h
 * The schema of summary.json, of its writer and its reader. */
#ifndef EOT_HOST_OUTPUT_SUMMARY_SCHEMA_H
#define EOT_HOST_OUTPUT_SUMMARY_SCHEMA_H

#define SCHEMA_NAME "eotmc-summary/"
#define SCHEMA_MAJOR 1 /* raised with SCHEMA */
#define SCHEMA "eotmc-summary/1"

#endif
