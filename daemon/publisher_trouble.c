/*
 * Trouble in a region's folder, said in a sentence with the command that mends it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/disk.h"
#include "daemon/publisher_private.h"

/* What an errno means here, and the command that mends it: %s is the quoted path. */
static const struct {
	int error;
	const char *what, *mend;
} meanings[] = {
	{ ENOTDIR, "a link or a file stands where the folder has to be", "mv -T %s %s.moved" },
	{ ELOOP, "a link stands where the folder has to be", "mv -T %s %s.moved" },
	{ EISDIR, "a folder stands where the file has to be", "mv -T %s %s.moved" },
	{ ENOTEMPTY, "a folder stands where the file has to be", "mv -T %s %s.moved" },
	{ EEXIST, "a folder stands where the file has to be", "mv -T %s %s.moved" },
	{ EACCES, "poold may not write there", "chmod u+rwx,g+rwxs %s" },
	{ EPERM, "poold may not write there", "chmod u+rwx,g+rwxs,-t %s" },
	{ EDQUOT, "poold has used up its quota on that disk: raise it", NULL },
	{ EROFS, "the disk is mounted read-only: mount it for writing", NULL },
	{ ENOENT, "it is not there any more", NULL },
};

/* REGION/FOLDER/FILE, as the system knows the region's folder. */
static void
put_path(struct buf *out, int region_fd, const char *folder, const char *file)
{
	char link[40], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", region_fd);
	n = readlink(link, path, sizeof(path));
	buf_safe(out, (struct text){ path, n > 0 ? (size_t)n : 0 });
	buf_printf(out, "/%s", folder);
	if (file != NULL) {
		buf_char(out, '/');
		buf_safe(out, text_of(file));
	}
}

/* "%s" of a command replaced by the path. */
static void
put_command(struct buf *out, const char *command, struct text path)
{
	for (; *command != '\0'; command++) {
		if (command[0] == '%' && command[1] == 's') {
			buf_shell(out, path);
			command++;
		} else {
			buf_char(out, *command);
		}
	}
}

void
publish_say_trouble(
    struct buf *out, int region_fd, const char *folder, const char *file, int error)
{
	const char *what = disk_words(region_fd, error), *mend = NULL;
	struct buf path = { 0 };

	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		if (meanings[i].error == error) {
			what = meanings[i].what;
			mend = meanings[i].mend;
			break;
		}
	}
	put_path(&path, region_fd, folder, file);
	buf_printf(out, "Could not publish to %s: %s.", path.p != NULL ? path.p : folder, what);
	if (mend != NULL) {
		/* Permissions are the folder's, whatever the file. */
		if ((error == EACCES || error == EPERM) && file != NULL) {
			buf_clear(&path);
			put_path(&path, region_fd, folder, NULL);
		}
		buf_str(out, " poold tries again by itself. To mend it: ");
		put_command(out, mend, buf_as_text(&path));
	}
	buf_free(&path);
}

void
publish_say_no_region(struct buf *out, struct text region, int error)
{
	buf_str(out, "The folder of region ");
	buf_safe(out, region);
	if (error == ENOENT)
		buf_str(out, " is not there: its verdicts are published when it is back.");
	else
		buf_printf(out,
		    " cannot be opened (%s): its verdicts are published when it can.",
		    error == ELOOP || error == ENOTDIR ? "a link or a file stands in its place"
						       : strerror(error));
}
