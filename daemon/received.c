#include "daemon/received.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/publish.h"
#include "daemon/write.h"

#define SUFFIX ".received.txt"
#define ASIDE  ".poold-received.part"
#define BEGINS "poold has taken in "
/* A note is shorter than this: a name of 255 bytes, each escaped, twice. */
#define NOTE_MOST 4096

void
received_name(struct buf *b, struct text name, int64_t seq)
{
	struct buf original = { 0 }, html = { 0 }, json = { 0 };

	publish_names(name, seq, &original, &html, &json);
	/* the two suffixes are of one length, so the longest name fits as well */
	if (!buf_failed(&html) && html.n > strlen(".verdict.html")) {
		buf_put(b, html.p, html.n - strlen(".verdict.html"));
		buf_str(b, SUFFIX);
		buf_char(b, '\0');
	}
	if (buf_failed(b))
		buf_clear(b);
	buf_free(&original);
	buf_free(&html);
	buf_free(&json);
}

int64_t
received_number(const char *name)
{
	size_t n = strlen(name), suffix = strlen(SUFFIX), i;
	int64_t seq = 0;

	if (n <= suffix || strcmp(name + n - suffix, SUFFIX) != 0)
		return 0;
	n -= suffix;
	for (i = n; i > 0 && name[i - 1] >= '0' && name[i - 1] <= '9'; i--)
		;
	if (i == 0 || i == n || n - i > 18 || name[i - 1] != '~')
		return 0;
	for (; i < n; i++)
		seq = seq * 10 + (name[i] - '0');
	return seq;
}

void
received_text(struct buf *b, struct text name, int64_t seq, instant received)
{
	struct buf note = { 0 };

	received_name(&note, name, seq);
	buf_str(b, BEGINS);
	buf_safe(b, name);
	buf_printf(b, ".\n\nArrival: %lld\nTaken in: ", (long long)seq);
	time_format_pretty(b, received);
	buf_str(b,
	    "\n\nIt waits to be judged; there is no need to drop it again. Its report will "
	    "be ");
	if (note.n > strlen(SUFFIX))
		buf_put(b, note.p, note.n - 1 - strlen(SUFFIX));
	buf_str(b,
	    ".verdict.html,\nin one of the folders compliant, queried, non-compliant, "
	    "unreadable "
	    "or undetermined beside this note.\nThis note goes when the report is there.\n");
	buf_free(&note);
}

void
received_text_further(struct buf *b, uint32_t n, int64_t from)
{
	buf_printf(b,
	    BEGINS "%u further file%s, from arrival %lld on.\n\nThey wait to be judged; there "
		   "is no need to drop them again.\nThis note goes when fewer wait.\n",
	    n, n == 1 ? "" : "s", (long long)from);
}

/* A regular file that begins as ours do. */
static bool
is_ours(int region_fd, const char *name)
{
	char begins[sizeof(BEGINS) - 1];
	struct stat st;
	int fd = openat(region_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool ours;

	if (fd == -1)
		return false;
	ours = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < NOTE_MOST &&
	    read(fd, begins, sizeof(begins)) == (ssize_t)sizeof(begins) &&
	    memcmp(begins, BEGINS, sizeof(begins)) == 0;
	(void)close(fd);
	return ours;
}

int
received_write(int region_fd, const char *name, struct text bytes)
{
	struct stat region, st;
	int fd, error = 0;

	if (fstatat(region_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !is_ours(region_fd, name))
		return EEXIST;
	if ((unlinkat(region_fd, ASIDE, 0) == -1 && errno != ENOENT) ||
	    fstat(region_fd, &region) == -1)
		return errno;
	fd = openat(
	    region_fd, ASIDE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return errno;
	if (!write_all(fd, bytes.p, bytes.n))
		error = errno != 0 ? errno : EIO;
	/* as the region's folder is; who may not give it away leaves it with the group it has */
	(void)!fchown(fd, (uid_t)-1, region.st_gid);
	(void)fchmod(fd, (region.st_mode & 0666) | 0600);
	if (close(fd) == -1 && error == 0)
		error = errno;
	if (error == 0 && renameat(region_fd, ASIDE, region_fd, name) == -1)
		error = errno;
	if (error != 0)
		(void)unlinkat(region_fd, ASIDE, 0);
	return error;
}

void
received_remove(int region_fd, const char *name)
{
	if (is_ours(region_fd, name))
		(void)unlinkat(region_fd, name, 0);
}

bool
received_each(int region_fd, bool (*each)(void *arg, const char *name), void *arg)
{
	int fd = openat(region_fd, ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *entry = NULL;
	int error = errno;

	if (dir == NULL) {
		if (fd != -1)
			(void)close(fd);
		errno = error;
		return false;
	}
	while (errno = 0, (entry = readdir(dir)) != NULL)
		if ((received_number(entry->d_name) > 0 ||
			strcmp(entry->d_name, RECEIVED_FURTHER) == 0) &&
		    is_ours(region_fd, entry->d_name) && !each(arg, entry->d_name))
			break;
	error = entry == NULL ? errno : 0;
	(void)closedir(dir);
	errno = error;
	return error == 0;
}
