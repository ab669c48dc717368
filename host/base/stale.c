#include "base/stale.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const double AGE = 3600; /* s */

void eot_stale_remove(const char *folder, const char *pattern) {
    DIR *entries = opendir(folder);
    if (entries == NULL) return;
    for (const struct dirent *one = readdir(entries); one != NULL; one = readdir(entries)) {
        struct stat entry;
        if (fnmatch(pattern, one->d_name, 0) != 0) continue;
        if (fstatat(dirfd(entries), one->d_name, &entry, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (S_ISREG(entry.st_mode) && difftime(time(NULL), entry.st_mtime) > AGE)
            unlinkat(dirfd(entries), one->d_name, 0);
    }
    closedir(entries);
}
