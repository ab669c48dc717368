/** @file stale.h
 * Files that are written under another name first and stay where a process was killed before it renamed them. */
#ifndef EOT_HOST_BASE_STALE_H
#define EOT_HOST_BASE_STALE_H

/** Remove from a folder what is called so (a pattern of fnmatch) and was not written to for an hour: nobody is at work
 * on it any more. What cannot be read or removed stays. */
void eot_stale_remove(const char *folder, const char *pattern);

#endif
