/** @file folder.h
 * The folder of a run while the run writes into it: locked, so that two runs cannot mix their files, and free of what
 * earlier processes left behind. */
#ifndef EOT_HOST_STORE_FOLDER_H
#define EOT_HOST_STORE_FOLDER_H

#include "base/error.h"

/** What to do with a folder that holds a run already. */
enum eot_folder_use {
    EOT_FOLDER_NEW,    /* refuse it */
    EOT_FOLDER_RESUME, /* go on with it */
    EOT_FOLDER_FORCE   /* remove that run's files */
};

#define EOT_FOLDER_LOCK ".eotmc-lock"

/** A folder that this process has locked. */
struct eot_folder {
    char *path;
    int lock; /* descriptor; -1: not locked */
};

/** Make the folder if needed, lock it, and remove temporary files of processes that are gone. The lock is one of the
 * system's (fcntl), which ends with the process however that ends; the file's text says who holds it. @param folder
 * release with eot_folder_close, also after an error.
 * @return EOT_E_USAGE for a folder with a run in it that may be neither resumed nor removed; EOT_E_IO for one that
 * another process has locked (it is named) or that cannot be written; EOT_E_MEMORY. */
enum eot_status eot_folder_open(const char *path, enum eot_folder_use use, struct eot_folder *folder,
                                struct eot_error *err);
/** What a process does that ends at once, in whatever thread: temporary files and the lock are removed. */
void eot_folder_abandon(const struct eot_folder *folder);
/** Unlock. */
void eot_folder_close(struct eot_folder *folder);

#endif
